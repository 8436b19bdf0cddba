/**
 * Changes of tables, planned one by one and carried out together: all of them are checked before the first statement,
 * and what is remembered beside the source follows what the source has done.
 */
import { GwError, statusOf } from '@gw/core'
import { type Catalog, catalogOf, fieldOf, type Table } from '../catalog.ts'
import type { ExtrasChange } from '../extras/store.ts'
import type { SchemaWriter, TableChange, TableDefinition } from '../schema/definition.ts'
import type { Kept } from './metadata.ts'
import type { Kit } from './work.ts'

/** What is to become of one table; nothing of it has happened yet. */
export interface Planned {
  /** As the request names it. */
  readonly name: string
  /** The name by which the API remembers things of it. */
  readonly base: string
  /** Absent where the source has nothing to do. */
  readonly change?: TableChange | undefined
  readonly remember?: ExtrasChange | undefined
}

export const writerOf = ({ source }: Kit): SchemaWriter => {
  if (source.schema) return source.schema
  throw new GwError('not_supported', 'This service can not change its tables: it only describes them.')
}

/** The catalogue as it will be, while the tables of a request are planned: what comes later may refer to what comes first. */
export interface Ahead {
  readonly catalog: Catalog
  /** The catalogue with a table that will be there. */
  add(table: Table): Ahead
  /** The catalogue without a table. */
  remove(table: Table): Ahead
}
export const ahead = (catalog: Catalog): Ahead => ({
  catalog,
  add: (table) => ahead(catalogOf([...catalog.tables.filter(({ name }) => name !== table.name), table])),
  remove: (table) => ahead(catalogOf(catalog.tables.filter((one) => one !== table))),
})

type Column = TableDefinition['columns'][number]
const comingField = ({ name, nullable, autoIncrement, unique }: Column, primaryKey: boolean, alias: unknown) => ({
  name: typeof alias === 'string' ? alias : name,
  native: name,
  type: 'string' as const,
  dbType: '',
  nullable,
  autoIncrement,
  generated: false,
  primaryKey,
  unique,
})

/** A table that is to be made, as far as others can refer to it. */
export const comingTable = (definition: TableDefinition, kept: Kept | undefined): Table => {
  const { name, schema, native, columns, primaryKey } = definition
  const fields = columns.map((column) =>
    comingField(column, primaryKey.includes(column.name), kept?.fields.get(column.name)?.alias),
  )
  const alias = kept?.table.alias
  return {
    name: typeof alias === 'string' ? alias : name,
    base: name,
    schema,
    native,
    view: false,
    fields,
    primaryKey: primaryKey.map((one) => fields.find((field) => field.native === one)!.name),
    foreignKeys: [],
  }
}

/** A table with the fields that it is to get. */
export const grownTable = (table: Table, { changes }: Extract<TableChange, { kind: 'alter' }>): Table => {
  const changed = changes.flatMap((change) => (change.kind === 'drop' ? [] : [change.column]))
  const fields = table.fields.map((field) => {
    const column = changed.find(({ name }) => name === field.native)
    return column ? { ...field, unique: column.unique } : field
  })
  const added = changed
    .filter(({ name }) => !fieldOf(table, name))
    .map((column) => comingField(column, false, undefined))
  return { ...table, fields: [...fields, ...added] }
}

/** A failure of one table among several: which it was, and what has become of the others. */
export const amongOthers = (
  error: unknown,
  planned: readonly Pick<Planned, 'name'>[],
  index: number,
  done: readonly string[],
): unknown => {
  if (!GwError.is(error) || planned.length === 1) return error
  const name = planned[index]!.name.slice(0, 80)
  const fate =
    done.length === 0
      ? 'Nothing of the request was done.'
      : `Done before it, and not undone, because this database can not undo changes of tables: ${done.join(', ')}.`
  return new GwError(error.code, `Table '${name}': ${error.message} ${fate}`, {
    cause: error,
    retryable: error.retryable && done.length === 0,
    ...(error.headers && { headers: error.headers }),
    wire: { status: statusOf(error), context: { table: name, index, done } },
  })
}

/** The failure, once what is remembered is put back; it says so where that failed as well. */
const undone = async (error: unknown, putBack: () => Promise<void> | undefined): Promise<unknown> => {
  try {
    await putBack()
    return error
  } catch {
    if (!GwError.is(error)) return error
    const rest = 'Aliases, labels and rules that came with it could not be put back: check them, and send them again.'
    return new GwError(error.code, `${error.message} ${rest}`, { cause: error })
  }
}

/**
 * Carries out what is planned, in `order`. What the API remembers is written first and put back for what the source
 * does not do: the other way round, a change of the source could not be taken back where remembering fails.
 */
export const carryOut = async (
  kit: Kit,
  planned: readonly Planned[],
  signal: AbortSignal,
  order: readonly number[] = [...planned.keys()],
): Promise<void> => {
  const writer = writerOf(kit)
  const remembered = planned.flatMap(({ base, remember }) => (remember ? [[base, remember] as const] : []))
  const undo = remembered.length > 0 ? await kit.extras!.changeAll(new Map(remembered)) : undefined
  const changing = order.filter((at) => planned[at]!.change !== undefined)
  if (changing.length === 0) return
  let finished = 0
  try {
    await writer.apply(
      changing.map((at) => planned[at]!.change!),
      signal,
      (index) => {
        finished = index + 1
      },
    )
  } catch (error) {
    const stay = writer.transactional ? [] : changing.slice(0, finished)
    const gone = planned.filter((_, at) => !stay.includes(at))
    const told = await undone(error, () => undo?.(gone.map(({ base }) => base)))
    const failed = changing[Math.min(finished, changing.length - 1)]!
    throw amongOthers(
      told,
      planned,
      failed,
      stay.map((at) => planned[at]!.name),
    )
  }
}
