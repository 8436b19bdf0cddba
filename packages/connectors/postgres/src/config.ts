/** The settings of a PostgreSQL service (the wire contract §12.3), and those of its pool. */
import { secret } from '@gw/core'
import { driverExtras, sqlConfigShape } from '@gw/sql'
import { z } from 'zod'

const text = (title: string, description: string) => z.string().meta({ title, description })
const number = (min: number, max: number, initial: number, title: string, description: string) =>
  z.int().min(min).max(max).default(initial).meta({ title, description })

// biome-ignore format: reads as a table
export const config = z.strictObject({
  host: text('Host', 'Name or address of the server, or the folder of its socket.').min(1),
  port: number(1, 65_535, 5432, 'Port Number', 'The port the server listens on.'),
  database: text('Database', 'Name of the database.').min(1),
  username: text('Username', 'The user the service connects as; its rights bound what any caller can do.').min(1),
  password: z.string().default('').meta({ ...secret, title: 'Password', description: 'Password of that user.' }),
  schema: text('Schema', 'Blank or `all`: every schema; `default`: the user’s own; otherwise the name of one.').default(''),
  charset: z.string().regex(/^(utf-?8|unicode)?$/i, 'Only UTF-8 can be used').default('utf8').meta({
    title: 'Character Set', description: 'Of the connection: always UTF-8, which the server converts to and from.' }),
  sslmode: z.enum(['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full']).default('prefer').meta({
    title: 'SSL Mode', description: '`prefer` and `allow` encrypt where the server can, `require` always; `verify-ca` and `verify-full` also check who it is.' }),
  sslrootcert: text('CA Certificate File', 'PEM file of the authorities to trust, instead of the system’s.').default(''),
  channel_binding: z.enum(['disable', 'prefer', 'require']).default('prefer').meta({
    title: 'Channel Binding', description: 'Whether the login is bound to the server’s certificate, so that nobody can stand between: where the server can, always, or never (for a certificate whose signature has no hash of its own, as Ed25519).' }),
  require_auth: z.array(z.enum(['none', 'password', 'md5', 'scram-sha-256'])).default([]).meta({
    title: 'Required Authentication', description: 'How the server may ask who the service is. Blank: in any way, but for the bare password only over an encrypted connection.' }),
  timezone: text('Timezone', 'Of the session, e.g. `Europe/Zurich`. Blank: the server’s.').default(''),
  application_name: text('Application Name', 'What the server’s lists of sessions show.').default('gw'),
  pool_size: number(1, 1000, 10, 'Pool Size', 'How many connections the service has at most. One more stops the statements of callers who leave.'),
  shared_connections: number(0, 16, 2, 'Shared Connections', 'How many of them statements share that are over at once, one behind the other: at most one in four. 0: each has one for itself.'),
  idle_timeout: number(0, 86_400, 30, 'Idle Timeout (seconds)', 'When an unused connection is closed; 0: never.'),
  connect_timeout: number(1, 300, 10, 'Connect Timeout (seconds)', 'How long to wait for the server when a connection is made.'),
  statement_timeout: number(0, 86_400_000, 30_000, 'Statement Timeout (milliseconds)', 'When the server stops a statement; 0: never.'),
  driver: z.enum(['pgwire', 'pg']).default('pgwire').meta({
    title: 'Driver', description: '`pgwire` copies rows into answers as the bytes they come in; `pg` reads them by that driver alone, which is slower, and shares no connections.' }),
  ...driverExtras({
    options: 'Run-time parameters of every session, e.g. `{"lock_timeout": "5s"}`.',
    attributes: 'Accepted for compatibility; without effect here.',
  }),
  ...sqlConfigShape,
})
export type Config = z.output<typeof config>
