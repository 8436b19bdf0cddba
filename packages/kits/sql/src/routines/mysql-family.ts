/**
 * Routines where MySQL's ways are spoken (MySQL, MariaDB, SingleStore): listed in the information schema, OUT values
 * left in variables of the session, types of results numbered by the protocol.
 */
import type { FieldType, Routine, RoutineParameter } from '@gw/records'
import { type Kysely, type RawBuilder, sql } from 'kysely'
import { slot } from '../compile/slots.ts'
import type { Cells, RowSet } from '../dialect.ts'
import { declaredSize } from '../types.ts'
import type { ResultColumn, RoutineSession, SqlRoutines } from './seam.ts'

interface Found {
  readonly schema: string
  readonly name: string
  readonly kind: string
  readonly description: string | null
  /** Null where there is neither a parameter nor a result; 0 is the result. */
  readonly position: number | null
  readonly mode: string | null
  readonly parameter: string | null
  readonly type: string
  readonly declared: string
  readonly current: string | null
}

export interface MysqlRoutineOptions {
  /** The configuration's `schema`: blank or `all`, `default`, or a name. */
  readonly wanted: string
  /** The condition on a column that holds the name of a schema. */
  within(column: string): RawBuilder<boolean>
  /** @param declared With its size: `tinyint(1)`. */
  fieldType(type: string, declared: string): FieldType
}

export const mysqlRoutines = (options: MysqlRoutineOptions): SqlRoutines => ({
  read: (db) => read(db, options),
  pinned: ({ parameters }) => parameters.some(isOut),
  call: (routine, args, session) =>
    routine.kind === 'procedure' ? callProcedure(routine, args, session) : callFunction(routine, args, session),
})

const isOut = ({ mode }: RoutineParameter): boolean => mode !== 'IN'

/** The information schema shows a user what it has rights on. */
const read = async (
  db: Kysely<any>,
  { wanted, within, fieldType }: MysqlRoutineOptions,
): Promise<readonly Routine[]> => {
  const { rows } = await sql<Found>`
    select r.routine_schema as ${sql.id('schema')}, r.routine_name as name, r.routine_type as kind,
      r.routine_comment as description, p.ordinal_position as position, p.parameter_mode as mode,
      p.parameter_name as parameter, p.data_type as type, p.dtd_identifier as declared, database() as current
    from information_schema.routines r
    left join information_schema.parameters p on p.specific_schema = r.routine_schema
      and p.specific_name = r.specific_name and p.routine_type = r.routine_type
    where ${within('r.routine_schema')} and r.routine_type in ('FUNCTION', 'PROCEDURE')
    order by r.routine_schema, r.routine_name, r.routine_type, p.ordinal_position`.execute(db)
  const plain = ['', 'all', 'default'].includes(wanted) ? rows[0]?.current : wanted
  const parameterOf = ({ parameter, mode, type, declared }: Found): RoutineParameter => {
    const simple = fieldType(type, declared)
    const size = declaredSize(type === 'enum' || type === 'set' ? type : declared, simple)
    return { name: parameter!, named: true, mode: MODES[mode ?? ''] ?? 'IN', type: simple, dbType: declared, ...size }
  }
  const byRoutine = Map.groupBy(rows, ({ schema, name, kind }) => JSON.stringify([schema, name, kind]))
  return [...byRoutine.values()].map((own): Routine => {
    const { schema, name, kind, description } = own[0]!
    const result = own.find(({ position }) => Number(position) === 0 && position !== null)
    return {
      name: schema === plain ? name : `${schema}.${name}`,
      native: name,
      schema,
      kind: kind === 'PROCEDURE' ? 'procedure' : 'function',
      ...(description ? { description } : {}),
      parameters: own.filter(({ position }) => Number(position) > 0).map(parameterOf),
      ...(kind === 'FUNCTION' && result
        ? { returns: { kind: 'value', type: fieldType(result.type, result.declared), dbType: result.declared } }
        : {}),
    }
  })
}

const MODES: Readonly<Record<string, RoutineParameter['mode']>> = { IN: 'IN', OUT: 'OUT', INOUT: 'INOUT' }

const idOf = ({ schema, native }: Routine): RawBuilder<unknown> => sql.id(...(schema ? [schema] : []), native)

const callFunction = async (routine: Routine, args: readonly unknown[], session: RoutineSession) => {
  const values = () => sql.join(routine.parameters.map((_, at) => slot(at)))
  const [set] = await session.run(() => sql`select ${idOf(routine)}(${values()}) as value`, args, 'call')
  const { type = 'string', dbType } = routine.returns!
  return { sets: [], value: { column: { name: 'value', type, dbType }, cell: set?.rows[0]?.[0] ?? null } }
}

/** A variable of the session; the transaction around the call keeps others off it. */
const variable = (at: number): RawBuilder<unknown> => sql.raw(`@gw_${at}`)

const callProcedure = async (routine: Routine, args: readonly unknown[], session: RoutineSession) => {
  const { parameters } = routine
  const places = (mode: RoutineParameter['mode']) =>
    [...parameters.keys()].filter((at) => parameters[at]!.mode === mode)
  const both = places('INOUT')
  if (both.length > 0) {
    const values = () => sql.join(both.map((at) => sql`${variable(at)} = ${slot(at)}`))
    await session.run(() => sql`set ${values()}`, args, 'set')
  }
  const list = () => sql.join(parameters.map((parameter, at) => (isOut(parameter) ? variable(at) : slot(at))))
  const sets = await session.run(() => sql`call ${idOf(routine)}(${list()})`, args, 'call')
  const out = [...places('OUT'), ...both].sort((a, b) => a - b)
  if (out.length === 0) return { sets }
  const [values] = await session.run(() => sql`select ${sql.join(out.map(variable))}`, args, 'out')
  const columns = out.map((at) => parameters[at]!).map(({ name, type, dbType }) => ({ name, type, dbType }))
  return { sets, out: { columns, rows: values?.rows ?? [] } }
}

/** A column as the protocol defines it. */
export interface MysqlColumn {
  readonly name: string
  readonly columnType?: number | undefined
  readonly columnLength?: number | undefined
  readonly characterSet?: number | undefined
  readonly flags?: unknown
}

/** By the protocol's number; what isn't here is text. */
// biome-ignore format: reads as a table
const TYPES: Readonly<Record<number, FieldType>> = {
  0: 'decimal', 1: 'integer', 2: 'integer', 3: 'integer', 4: 'float', 5: 'double', 7: 'timestamp', 8: 'bigint', 9: 'integer',
  10: 'date', 11: 'time', 12: 'datetime', 16: 'bigint', 245: 'json', 246: 'decimal',
  249: 'text', 250: 'text', 251: 'text', 252: 'text',
}
/** Numbers of types that are bytes where their character set is `binary`. */
const BYTES: ReadonlySet<number> = new Set([15, 249, 250, 251, 252, 253, 254])
const BINARY = 63
/** Of size 1, as MySQL declares a `boolean`. */
const [TINY, BIT] = [1, 16]
const SET_FLAG = 0x800

const resultColumn = ({ name, columnType = 254, columnLength, characterSet, flags }: MysqlColumn): ResultColumn => {
  const isTruth = columnLength === 1 && (columnType === TINY || columnType === BIT)
  const isBytes = BYTES.has(columnType) && characterSet === BINARY
  const isSet = typeof flags === 'number' && (flags & SET_FLAG) !== 0
  const plain = TYPES[columnType] ?? 'string'
  const type = isTruth ? 'boolean' : isBytes ? 'binary' : isSet ? 'array' : plain
  return { name, type, dbType: type }
}

/** A statement under way, as the driver tells of it: a set's columns, then its rows; what has no rows has no columns. */
export interface MysqlCommand {
  on(event: 'fields', listener: (columns: readonly MysqlColumn[] | undefined) => void): unknown
  on(event: 'result', listener: (row: unknown) => void): unknown
  on(event: 'error', listener: (error: unknown) => void): unknown
  on(event: 'end', listener: () => void): unknown
}

/** A connection of `mysql2`'s. */
interface MysqlConnection {
  execute(statement: object): MysqlCommand
  unprepare(statement: never): unknown
  once(event: 'error', listener: (error: unknown) => void): unknown
  off(event: 'error', listener: (error: unknown) => void): unknown
}

const rowSets = (command: MysqlCommand, limit: number): Promise<RowSet[]> =>
  new Promise((resolve, reject) => {
    const sets: { columns: ResultColumn[]; rows: Cells[] }[] = []
    command.on('fields', (columns) => {
      if (columns) sets.push({ columns: columns.map(resultColumn), rows: [] })
    })
    command.on('result', (row) => {
      const rows = sets.at(-1)?.rows
      if (Array.isArray(row) && rows && rows.length < limit) rows.push(row)
    })
    command.on('error', reject)
    command.on('end', () => resolve(sets))
  })

/** The row sets of a statement. Of each, `limit` rows are kept; what comes after them passes by. */
export const mysqlRowSets = (
  connection: MysqlConnection,
  sql: string,
  values: readonly unknown[],
  limit: number,
): Promise<RowSet[]> => {
  const statement = { sql, rowsAsArray: true } as const
  const reading = rowSets(connection.execute({ ...statement, values }), limit)
  // A broken connection tells itself, and not the statement that is read row by row.
  const { promise, reject } = Promise.withResolvers<never>()
  connection.once('error', reject)
  return Promise.race([reading, promise]).finally(() => {
    connection.off('error', reject)
    connection.unprepare(statement as never)
  })
}
