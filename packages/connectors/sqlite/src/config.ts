/** The settings of a SQLite service (the wire contract §12.3). */
import { driverExtras, sqlConfigShape } from '@gw/sql'
import { z } from 'zod'

export const config = z.strictObject({
  database: z.string().min(1).meta({
    title: 'Database',
    description:
      'The database file: an absolute path, or one below the configuration’s folder. `:memory:` for one that is gone when the service stops.',
  }),
  readonly: z.boolean().default(false).meta({ title: 'Read Only', description: 'Open the file for reading only.' }),
  create: z.boolean().default(false).meta({
    title: 'Create',
    description: 'Create the file if there is none. Otherwise a missing file is an error.',
  }),
  busy_timeout: z.int().min(0).max(60_000).default(5_000).meta({
    title: 'Busy Timeout (milliseconds)',
    description: 'How long a call waits for another program’s write to end. Other calls go on meanwhile.',
  }),
  long_reads: z.int().min(1).max(64).default(4).meta({
    title: 'Long Reads',
    description:
      'How many reads that look at large parts of a database run at the same time, each in a process of its own (about 50 MB); as many streams besides. Others wait.',
  }),
  ...driverExtras({ options: '', attributes: 'Accepted for compatibility; without effect here.' }),
  // A PRAGMA takes no parameters: plain words and numbers are all that can stand in one.
  options: z
    .record(z.string().regex(/^\w+$/), z.union([z.string().regex(/^-?[\w.]+$/), z.number(), z.boolean()]))
    .default({})
    .meta({
      title: 'Driver Options',
      description: 'PRAGMAs set on every connection, e.g. `{"cache_size": -20000}`.',
    }),
  ...sqlConfigShape,
})
export type Config = z.output<typeof config>
