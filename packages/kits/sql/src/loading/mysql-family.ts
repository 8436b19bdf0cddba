/**
 * Many records by LOAD DATA LOCAL INFILE, from memory: the server asks for a file, and whatever its name, it gets these
 * records. With LOCAL, what an INSERT would refuse becomes a warning and is left out or changed. So a load counts only
 * where there is none and every record was taken; otherwise it is undone, and statements say what is wrong.
 */
import type { Field, Values } from '@gw/records'
import type { SqlLoad, SqlResult } from '../dialect.ts'

export interface MysqlLoadSession {
  /** Runs LOAD DATA LOCAL, and gives what it is made of as the file that the server asks for. */
  send(
    sql: string,
    packets: Iterable<Buffer>,
  ): Promise<{ readonly affectedRows: number; readonly warningStatus: number }>
  /** Whether a failure says that the server takes no files from its clients. */
  isWithoutLoading(error: unknown): boolean
  /** What is known of the connection: whether its server takes records in this way at all. */
  readonly pooled: { loads: boolean }
  /** In the open transaction, like all of these. */
  control(sql: string): Promise<unknown>
  run(sql: string, binds: readonly unknown[], name: string): Promise<SqlResult>
  /** Stops what an abort has to. */
  stoppable<T>(work: () => Promise<T>): Promise<T>
}

/** Whether what is loaded can be undone. */
const ENGINE = `select 1 from information_schema.tables
  where table_schema = coalesce(?, database()) and table_name = ? and engine = 'InnoDB'`

/** Types whose values are read from a text as they are from a parameter. */
const PLAIN =
  /^(?:(?:tiny|small|medium|big)?int|decimal|float|double|date|time|datetime|timestamp|(?:var)?char|(?:tiny|medium|long)?text|json|uuid|enum|set)\b/
const BYTES = /^(?:(?:var)?binary|(?:tiny|medium|long)?blob)\b/

const SPECIAL = /[\\\t\n\0]/
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\0': '\\0' }
const escaped = (text: string): string =>
  SPECIAL.test(text) ? text.replace(/[\\\t\n\0]/g, (character) => ESCAPES[character]!) : text

const fieldText = (value: unknown): string => {
  if (typeof value === 'string') return escaped(value)
  if (typeof value === 'number') return String(value)
  if (typeof value === 'boolean') return value ? '1' : '0'
  if (value === null || value === undefined) return '\\N'
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')
  return escaped(Array.isArray(value) ? value.join(',') : String(value))
}

const lineOf = (values: Values): string => {
  let text = ''
  for (let at = 0; at < values.length; at++) text += at === 0 ? fieldText(values[0]) : `\t${fieldText(values[at])}`
  return `${text}\n`
}

/** Characters of one packet. */
const CHUNK = 65_536

/**
 * The records as text, in packets. Not a generator: what a driver keeps of a load outlives it, and would keep its
 * records, too, until the old ones among the process's objects are looked at.
 */
const packets = (records: readonly Values[]): IterableIterator<Buffer> => {
  let left: readonly Values[] | undefined = records
  let at = 0
  const next = (): IteratorResult<Buffer, undefined> => {
    if (!left) return { done: true, value: undefined }
    let text = ''
    while (at < left.length && text.length < CHUNK) text += lineOf(left[at++]!)
    if (at === left.length) left = undefined
    return { done: false, value: Buffer.from(text) }
  }
  const iterator: IterableIterator<Buffer> = { next, [Symbol.iterator]: () => iterator }
  return iterator
}

const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``

/** `undefined` where one of the columns needs a parameter. */
const statementFor = ({ table: { schema, native }, columns }: SqlLoad): string | undefined => {
  const isBytes = ({ dbType }: Field) => BYTES.test(dbType)
  if (!columns.every((column) => PLAIN.test(column.dbType) || isBytes(column))) return undefined
  const targets = columns.map((column, at) => (isBytes(column) ? `@gw${at}` : quoted(column.native)))
  const sets = columns.flatMap((column, at) => (isBytes(column) ? [`${quoted(column.native)} = unhex(@gw${at})`] : []))
  const into = schema === undefined ? quoted(native) : `${quoted(schema)}.${quoted(native)}`
  return [
    `load data local infile 'records' into table ${into} character set utf8mb4`,
    String.raw`fields terminated by '\t' escaped by '\\' lines terminated by '\n'`,
    `(${targets.join(', ')})`,
    ...(sets.length > 0 ? [`set ${sets.join(', ')}`] : []),
  ].join(' ')
}

/** In an open transaction, which goes on where it could not be done. */
export const mysqlLoad = async (asked: SqlLoad, session: MysqlLoadSession): Promise<boolean> => {
  const { table, records } = asked
  const sql = session.pooled.loads ? statementFor(asked) : undefined
  if (sql === undefined) return false
  if ((await session.run(ENGINE, [table.schema ?? null, table.native], 'gw_engine')).rows.length === 0) return false
  await session.control('savepoint gw_load')
  try {
    const { affectedRows, warningStatus } = await session.stoppable(() => session.send(sql, packets(records)))
    if (warningStatus === 0 && affectedRows === records.length) return true
  } catch (error) {
    if (!session.isWithoutLoading(error)) throw error
    session.pooled.loads = false
  }
  await session.control('rollback to savepoint gw_load')
  return false
}
