/** Error numbers, and what fails before there is one → the kit's reasons (the manuals' error references). */
import { networkReason, type SqlFailure, type SqlReason } from '@gw/sql'

// biome-ignore format: reads as a table
const NUMBERS: Readonly<Partial<Record<SqlReason, readonly number[]>>> = {
  unique: [1022, 1062, 1557, 1586, 1859],
  foreign_key: [1216, 1217, 1451, 1452],
  not_null: [1048, 1263, 1364],
  // A trigger's SIGNAL is the database's own rule, too.
  check: [1369, 1644, 3819, 4025],
  invalid_value: [1067, 1265, 1292, 1300, 1366, 1367, 1411, 1416, 1525, 3140, 3141, 3146, 3156, 4038],
  not_comparable: [1267, 1270, 1271, 1523],
  out_of_range: [1264, 1441, 1690],
  too_long: [1406],
  not_writable: [1288, 1348, 1393, 1394, 1395, 1471, 1906, 3105],
  read_only: [1290, 1792, 1836],
  too_complex: [1153, 1390, 1436, 3170],
  deadlock: [1020, 1213, 1614],
  busy: [1205, 3572],
  schema_changed: [1051, 1054, 1146, 1243, 1356, 1615],
  exists: [1050, 1060, 1061, 1826],
  in_use: [1553, 1829, 3730],
  timeout: [1317, 1969, 3024],
  unreachable: [1053, 1077, 1079, 1080, 1158, 1159, 1160, 1161, 1184, 1927, 2006, 2013, 4031],
  credentials: [1045, 1129, 1130, 1251, 1275, 1698, 1862],
  permission: [1044, 1142, 1143, 1227, 1370],
  missing_database: [1049],
  resources: [1021, 1037, 1038, 1040, 1041, 1114, 1135, 1203, 1226],
  damaged: [1033, 1034, 1035, 1194, 1195, 1877],
  tls: [3159],
}
const REASONS: ReadonlyMap<number, SqlReason> = new Map(
  Object.entries(NUMBERS).flatMap(([reason, numbers]) => numbers.map((number) => [number, reason as SqlReason])),
)

/** The driver's own errors have a code, or only a text. */
const CODES: Readonly<Record<string, SqlReason>> = {
  HANDSHAKE_NO_SSL_SUPPORT: 'tls',
  HANDSHAKE_SSL_ERROR: 'tls',
  AUTH_SWITCH_PLUGIN_ERROR: 'credentials',
  HANDSHAKE_UNKNOWN_ERROR: 'unreachable',
  PROTOCOL_CONNECTION_LOST: 'unreachable',
  PROTOCOL_UNEXPECTED_PACKET: 'unreachable',
  POOL_EXHAUSTED: 'resources',
}
const CLOSED = /^Can't (add new command|write) /

const numberOf = (error: unknown): unknown => (error as { errno?: unknown }).errno

/** A prepared statement that the server has lost, or can't fit to its tables again: to be prepared anew. */
export const isStale = (error: unknown): boolean => [1243, 1615].includes(numberOf(error) as number)
/** Stopped by the server, for its own limit. */
export const isStopped = (error: unknown): boolean => [1969, 3024].includes(numberOf(error) as number)
export const isPlainOnly = (error: unknown): boolean =>
  (error as { code?: unknown }).code === 'HANDSHAKE_NO_SSL_SUPPORT'
/** LOAD DATA LOCAL is switched off: in the server, or between it and the driver. */
export const isWithoutLoading = (error: unknown): boolean =>
  [1148, 3948, 3950, 4166].includes(numberOf(error) as number)
/** Failures with which the server may have undone the whole transaction, and not just the statement. */
export const endsTransaction = (error: unknown): boolean =>
  ['deadlock', 'busy', 'unreachable'].includes(String(classify(error)?.reason))

export const classify = (error: unknown): SqlFailure | undefined => {
  try {
    const reason = reasonOf(error as Record<string, unknown>)
    return reason && { reason, ...namesIn(error as Record<string, unknown>, reason) }
  } catch {
    return undefined
  }
}

const reasonOf = ({ errno, code, message }: Record<string, unknown>): SqlReason | undefined => {
  const known = typeof errno === 'number' ? REASONS.get(errno) : undefined
  if (known) return known
  if (typeof code === 'string') return networkReason(code) ?? (Object.hasOwn(CODES, code) ? CODES[code] : undefined)
  return typeof message === 'string' && CLOSED.test(message) ? 'unreachable' : undefined
}

type Names = Omit<SqlFailure, 'reason'>
const NAME = '`((?:[^`]|``)+)`'
const REFERENCE = new RegExp(`\\(${NAME}\\.${NAME}, CONSTRAINT ${NAME} FOREIGN KEY \\(([^)]*)\\)`)
const CHANGED = new RegExp(`^(?:insert into|update|delete from) (?:${NAME}\\.)?${NAME}`, 'i')
const CHECK = new RegExp(`^(?:Check constraint '([^']+)'|CONSTRAINT ${NAME})`)
/** `for key 'name'`, and MySQL 8's `for key 'table.name'`. */
const KEY = /for key '(?:[^']*\.)?([^'.]+)'$/
const COLUMN = new RegExp(`(?:[Cc]olumn|Field) (?:'([^']+)'|(?:${NAME}\\.)?(?:${NAME}\\.)?${NAME})`)

const plain = (quoted: string | undefined): string | undefined => quoted?.replaceAll('``', '`')

/** The server tells names only in its message; the table of a change stands in the statement, which the kit made. */
const namesIn = ({ sqlMessage, sql }: Record<string, unknown>, reason: SqlReason): Names => {
  const message = typeof sqlMessage === 'string' ? sqlMessage : ''
  if (reason === 'foreign_key') {
    const [, schema, table, constraint, columns] = REFERENCE.exec(message) ?? []
    if (columns === undefined) return {}
    const names = [...columns.matchAll(new RegExp(NAME, 'g'))].map(([, name]) => plain(name)!)
    return { schema: plain(schema), table: plain(table), constraint: plain(constraint), columns: names }
  }
  const [, schema, table] = typeof sql === 'string' ? (CHANGED.exec(sql) ?? []) : []
  const where = table === undefined ? {} : { schema: plain(schema), table: plain(table) }
  if (reason === 'unique') return { ...where, constraint: KEY.exec(message)?.[1] }
  if (reason === 'check') {
    const [, named, quoted] = CHECK.exec(message) ?? []
    return { ...where, constraint: named ?? plain(quoted) }
  }
  const [, column, ...parts] = COLUMN.exec(message) ?? []
  const name = column ?? plain(parts.at(-1))
  return name === undefined ? where : { ...where, columns: [name] }
}
