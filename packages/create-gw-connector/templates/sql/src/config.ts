import { sqlConfigShape } from '@gw/sql'
import { z } from 'zod'

export const config = z.strictObject({
  database: z.string().min(1).meta({
    title: 'Database',
    description: 'The database file: an absolute path, or one below the configuration’s folder.',
  }),
  ...sqlConfigShape,
})
export type Config = z.output<typeof config>
