/** The settings of a MongoDB service (the wire contract §12.3), and those of its pool. */
import { secret } from '@gw/core'
import { recordsConfigShape } from '@gw/records'
import { z } from 'zod'

const text = (title: string, description: string) => z.string().meta({ title, description })
const number = (min: number, max: number, initial: number, title: string, description: string) =>
  z.int().min(min).max(max).default(initial).meta({ title, description })
const values = (title: string, description: string) =>
  z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .default({})
    .meta({ title, description })

/** What a connection string's path and options say. */
const databaseIn = (dsn: string): string | undefined => {
  const path = /^mongodb(?:\+srv)?:\/\/[^/]+\/([^?]+)/.exec(dsn)?.[1]
  return path === undefined ? undefined : decodeURIComponent(path)
}

// biome-ignore format: reads as a table
export const config = z.strictObject({
  dsn: z.string().regex(/^(mongodb(\+srv)?:\/\/.+)?$/, 'A connection string begins with mongodb:// or mongodb+srv://').default('').meta({
    ...secret, title: 'Connection String', description: 'A whole `mongodb://` or `mongodb+srv://` address, for replica sets and clusters; used instead of host, port, username and password.' }),
  host: text('Host', 'Name or address of the server.').default('localhost'),
  port: number(1, 65_535, 27_017, 'Port Number', 'The port the server listens on.'),
  database: text('Database', 'Name of the database. Needed unless the connection string, or the option `database`, names one.').default(''),
  username: text('Username', 'The user the service connects as; its rights bound what any caller can do.').default(''),
  password: z.string().default('').meta({ ...secret, title: 'Password', description: 'Password of that user.' }),
  options: values('Connection Options', 'Options of a connection string, e.g. `{"replicaSet": "rs0", "authSource": "admin", "tls": true}`.'),
  driver_options: values('Driver Options', 'Accepted for compatibility; without effect here.'),
  collections: z.array(z.string().min(1)).default([]).meta({
    title: 'Collections', description: 'The only collections that are served, for a user who may not list them. Empty: all of the database.' }),
  sample_size: number(0, 10_000, 100, 'Sample Size', 'How many documents of a collection are looked at for the fields it has and their types. 0: only validators are.'),
  schema_refresh: z.int().nonnegative().max(86_400).default(300).meta({
    title: 'Schema Refresh (seconds)', description: 'How often collections, validators and samples are looked at again in the background. 0: only when asked for.' }),
  pool_size: number(1, 1000, 10, 'Pool Size', 'How many connections the service has at most to each server.'),
  queue_timeout: number(1, 300, 10, 'Queue Timeout (seconds)', 'How long a call may wait for a connection while all are in use, before it is refused with 503.'),
  connect_timeout: number(1, 300, 10, 'Connect Timeout (seconds)', 'How long to wait for a server that can be used.'),
  statement_timeout: number(0, 86_400_000, 30_000, 'Statement Timeout (milliseconds)', 'When the server stops an operation; 0: never.'),
  idempotency_keys: z.boolean().default(false).meta({
    title: 'Idempotency Keys', description: 'Writes may have an `Idempotency-Key`, by which they can be sent again without being done twice, where the deployment has transactions. Their answers are kept for 24 hours in the collection `gw_idempotency_keys` of this database.' }),
  ...recordsConfigShape,
}).refine((settings) => databaseOf(settings) !== '', {
  message: 'Database name must be provided or included in the dsn or as an \'option\' attribute.',
  path: ['database'],
})

/** The database that the settings name; empty where they name none. */
export const databaseOf = (settings: {
  readonly database: string
  readonly dsn: string
  readonly options: Readonly<Record<string, unknown>>
}): string => settings.database || databaseIn(settings.dsn) || String(settings.options.database ?? '')

export type Config = z.output<typeof config>
