import { filesConfigShape } from '@gw/files'
import { z } from 'zod'

export const localFilesConfig = z.strictObject({
  container: z.string().min(1).meta({
    title: 'Root Folder',
    description:
      'The folder that is served, with all that is in it. A relative one starts at the configuration’s folder; one that is missing is made.',
  }),
  ...filesConfigShape,
})

export type LocalFilesConfig = z.output<typeof localFilesConfig>
