/** The settings of a MySQL or MariaDB service (the wire contract §12.3), and those of its pool. */
import { isIP } from 'node:net'
import { secret } from '@gw/core'
import { driverExtras, sqlConfigShape } from '@gw/sql'
import { z } from 'zod'

const text = (title: string, description: string) => z.string().meta({ title, description })
const number = (min: number, max: number, initial: number, title: string, description: string) =>
  z.int().min(min).max(max).default(initial).meta({ title, description })

// biome-ignore format: reads as a table
export const config = z.strictObject({
  host: text('Host', 'Name or address of the server.').min(1),
  port: number(1, 65_535, 3306, 'Port Number', 'The port the server listens on.'),
  unix_socket: text('Socket Connection', 'Path of the server’s socket on this machine; used instead of host and port, without encryption.').default(''),
  database: text('Database', 'Name of the database; its tables go by their bare names.').min(1),
  username: text('Username', 'The user the service connects as; its rights bound what any caller can do.').min(1),
  password: z.string().default('').meta({ ...secret, title: 'Password', description: 'Password of that user.' }),
  schema: text('Schema', 'Blank or `all`: every database that the user sees, but for the server’s own; `default`: the one above; otherwise the name of one.').default(''),
  charset: z.string().regex(/^(utf8(mb[34])?)?$/i, 'Only UTF-8 can be used').default('utf8mb4').meta({
    title: 'Character Set', description: 'Of the connection: always `utf8mb4`, which the server converts to and from.' }),
  collation: z.string().regex(/^\w*$/, 'Only the name of a collation').default('').meta({
    title: 'Character Set Collation', description: 'By which texts that come from no column are compared, e.g. `utf8mb4_unicode_ci`. Blank: the server’s.' }),
  timezone: text('Timezone', 'Of the session, e.g. `+00:00`, or `Europe/Zurich` where the server has the tables for it. Blank: the server’s.').default(''),
  strict: z.boolean().default(true).meta({
    title: 'Use Strict Mode', description: 'Values that do not fit are refused. Off: the server changes them until they do.' }),
  modes: z.string().regex(/^(?!.*NO_BACKSLASH_ESCAPES)[A-Z_, ]*$/i, 'Only names of modes, with commas between them, without NO_BACKSLASH_ESCAPES').default('').meta({
    title: 'Session Modes', description: 'The `sql_mode` of every session, with commas, instead of what `strict` means.' }),
  sslmode: z.enum(['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full']).default('prefer').meta({
    title: 'SSL Mode', description: '`prefer` and `allow` encrypt where the server can, `require` always; `verify-ca` and `verify-full` also check who it is.' }),
  sslrootcert: text('CA Certificate File', 'PEM file of the authorities to trust, instead of the system’s.').default(''),
  pool_size: number(1, 1000, 10, 'Pool Size', 'How many connections the service has at most. One more stops the statements of callers who leave.'),
  shared_connections: number(0, 16, 2, 'Shared Connections', 'How many of them reads share that are over at once, one behind the other: at most one in four. 0: each has one for itself.'),
  idle_timeout: number(0, 86_400, 30, 'Idle Timeout (seconds)', 'When an unused connection is closed; 0: never.'),
  connect_timeout: number(1, 300, 10, 'Connect Timeout (seconds)', 'How long to wait for the server when a connection is made.'),
  statement_timeout: number(0, 86_400_000, 30_000, 'Statement Timeout (milliseconds)', 'When the server stops a statement; 0: never. MySQL stops reads only.'),
  ...driverExtras({
    options: 'Variables of every session, e.g. `{"innodb_lock_wait_timeout": 5}`.',
    attributes: 'Accepted for compatibility; without effect here.',
  }),
  ...sqlConfigShape,
}).refine(({ host, sslmode }) => sslmode !== 'verify-full' || isIP(host) === 0, {
  // The driver would compare the certificate with `localhost`.
  message: '`verify-full` checks the server’s name: give it here instead of its address, or use `verify-ca`',
  path: ['host'],
})
export type Config = z.output<typeof config>
