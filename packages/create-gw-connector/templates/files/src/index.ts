import { defineFileServiceType, filesConfigShape } from '@gw/files'
import { z } from 'zod'
import { memoryStore } from './store.ts'

const config = z.strictObject({
  container: z.string().min(1).meta({ title: 'Container', description: 'Which of the store’s containers is served.' }),
  ...filesConfigShape,
})

/** Paths, parameters, ranges, conditions, archives and rights are the kit's: a store keeps bytes. */
export default defineFileServiceType({
  name: 'placeholder',
  label: 'Placeholder',
  description: 'Files in memory, until you give them another place.',
  // `prefixes` where folders are but the beginnings of names, as in object stores.
  capabilities: { folders: 'real' },
  config,
  open: ({ container }) => memoryStore(container),
  // What your client throws → the kit's reasons; `undefined` is answered as a fault of the gateway.
  classify: () => undefined,
})
