import { recordsConfigShape } from '@gw/records'
import { z } from 'zod'

export const config = z.strictObject({
  database: z.string().min(1).meta({ title: 'Database', description: 'Which of the source’s databases is served.' }),
  ...recordsConfigShape,
})
export type Config = z.output<typeof config>
