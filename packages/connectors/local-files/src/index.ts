/** Files of a folder on this machine. */
import { defineFileServiceType } from '@gw/files'
import { localFilesConfig } from './config.ts'
import { classify } from './errors.ts'
import { openStore } from './store.ts'

export default defineFileServiceType({
  name: 'local_file',
  label: 'Local File Storage',
  description: 'Serves the files of a folder on this machine.',
  capabilities: { folders: 'real' },
  config: localFilesConfig,
  open: openStore,
  classify,
})
