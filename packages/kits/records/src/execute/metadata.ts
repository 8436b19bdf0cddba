/** What is remembered of a table beside its source: read of a definition, checked, and kept. */
import { GwError } from '@gw/core'
import type { Catalog, Field, Table } from '../catalog.ts'
import { withChange } from '../extras/document.ts'
import type { FunctionContext } from '../extras/functions.ts'
import { checkAliases, type FieldContext, fieldExtrasIn, tableExtrasIn } from '../extras/given.ts'
import type { ExtrasChange } from '../extras/store.ts'
import type { Given } from '../schema/keys.ts'
import type { Metadata } from '../schema/table.ts'
import type { Kit } from './work.ts'

/** The fields that the source itself has. */
export const realFields = ({ fields }: Table): readonly Field[] => fields.filter(({ virtual }) => !virtual)

export interface Kept {
  readonly table: Given
  readonly fields: ReadonlyMap<string, Given>
}

type Column = FunctionContext['fields'][number]

/** What the metadata of each field is held against. */
const contextOf = ({ source }: Kit, catalog: Catalog, of: Table | undefined, columns: readonly Column[]) => {
  const { functions: signatures } = source.capabilities
  const referred = new Set(
    of
      ? catalog.tables.flatMap(({ foreignKeys }) =>
          foreignKeys.flatMap((key) => (key.table === of.name ? key.references : [])),
        )
      : [],
  )
  return (native: string): FieldContext => {
    const field = of?.fields.find((one) => one.native === native)
    const linking =
      field !== undefined &&
      (field.primaryKey || field.unique || field.reference !== undefined || referred.has(field.name))
    return { signatures, fields: columns, field, linking }
  }
}

/** A virtual field that goes. */
const forgotten = (given: Given): undefined | Given =>
  given.is_virtual === null
    ? { virtual: null, functions: null, alias: null, label: null, description: null }
    : undefined

/**
 * Metadata as it will be kept, checked before anything is changed; `undefined` where there is none.
 * @param catalog with the other tables that the same request makes
 */
export const keptOf = (
  kit: Kit,
  catalog: Catalog,
  { table, fields }: Metadata,
  of: Table | undefined,
  columns: readonly Column[],
): Kept | undefined => {
  const ofField = [...fields.values()].flatMap((one) => Object.keys(one))[0]
  const key = Object.keys(table)[0] ?? ofField
  if (key === undefined) return undefined
  if (!kit.extras) {
    const what = key === 'type' ? 'A type that the API itself fills in (user_id, timestamp_on_update)' : `'${key}'`
    throw new GwError('not_supported', `${what} is not supported by this service: it keeps nothing beside its tables.`)
  }
  const context = contextOf(kit, catalog, of, columns)
  const kept = {
    table: tableExtrasIn(table),
    fields: new Map(
      [...fields].map(([name, given]) => [name, forgotten(given) ?? fieldExtrasIn(given, context(name))]),
    ),
  }
  const fresh = [...kept.fields].flatMap(([native]) =>
    of?.fields.some((field) => field.native === native) ? [] : [{ name: native, native } as Field],
  )
  const shape = { name: of?.name ?? '', base: of?.base, fields: [...(of?.fields ?? []), ...fresh] }
  checkAliases(catalog, shape, kept.table.alias, kept.fields)
  return kept
}

/** How what is remembered of a table changes by it. */
export const keeping = (kept: Kept | undefined): ExtrasChange | undefined =>
  kept && ((extras) => withChange(extras, kept))

/** A table's API name as it has become. */
export const nameNow = (kit: Kit, base: string): string =>
  kit.source.catalog().tables.find((table) => (table.base ?? table.name) === base)?.name ?? base
