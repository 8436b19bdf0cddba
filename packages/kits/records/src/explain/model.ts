/** `_spec?model=true`: the tables of a service for programs that write calls (the wire contract §1.4). */
import { GwError, type ModelRequest, type Reader } from '@gw/core'
import type { Field, Table } from '../catalog.ts'
import { granted, simpleType } from '../describe.ts'
import { type Kit, tableNamed } from '../execute/work.ts'
import { isRequired, type Scope } from '../scope.ts'
import { viewOf } from '../view.ts'
import { type Facts, factsOf } from './facts.ts'
import { type Relationship, relationshipsOf } from './relationships.ts'
import { hintsOf, patternsOf, templatesOf } from './templates.ts'

/** Of more tables, only the structure is told: each costs statements of its own. */
const MOST_TABLES = 100
/** Tables that are looked at at the same time. */
const AT_ONCE = 4

const columnOf = (field: Field, { fk }: { readonly fk: string | undefined }): Readonly<Record<string, unknown>> => ({
  name: field.name,
  // Of a table that is closed to the reader, nothing is told.
  type: simpleType(fk === undefined ? { ...field, reference: undefined } : field),
  ...(field.primaryKey && { pk: true }),
  ...(isRequired(field) && { required: true }),
  ...(fk !== undefined && { fk }),
})

/** What a field refers to, as far as the reader is told of that relation. */
const referenceOf = (field: Field, relations: readonly Relationship[]): string | undefined => {
  const relation = relations.find(({ type, field: own }) => type === 'belongs_to' && own === field.name)
  return relation && `${relation.ref_table}.${relation.ref_field}`
}

const inTurns = async <T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> => {
  const results: R[] = []
  const left = items.entries()
  const worker = async () => {
    for (const [at, item] of left) results[at] = await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker))
  return results
}

/** A table that can not be read now keeps no one from the others. */
const factsOrHint = async (
  kit: Kit,
  reader: Reader,
  table: Table,
  stock: boolean,
): Promise<Facts | { readonly hint: string }> => {
  try {
    return await factsOf(kit, viewOf(reader, table, 'GET'), stock, { signal: reader.signal })
  } catch (error) {
    if (!GwError.is(error) || reader.signal.aborted) throw error
    return { hint: `Its records can not be read now: ${error.message}` }
  }
}

/** The tables that the reader may read: those that were asked for, or all of them. */
const scopesFor = ({ source }: Kit, reader: Reader, names: readonly string[] | undefined): readonly Scope[] => {
  const catalog = source.catalog()
  const isOpen = ({ name }: Table): boolean => granted(reader, `_table/${name}`, 'GET') !== undefined
  const found = names?.map((name) => {
    const table = tableNamed(catalog, name)
    // What is closed to the reader is as if it were not there.
    return isOpen(table) ? table : tableNamed({ byName: new Map(), tables: [] }, name)
  })
  return [...new Set(found ?? catalog.tables.filter(isOpen))]
    .map((table) => viewOf(reader, table, 'GET').scope)
    .filter(({ fields }) => fields.length > 0)
}

/**
 * Everything in it is the reader's to read: tables by their rights, records by their row filters, and no denied field.
 * @throws GwError `not_found` for a table that there is not
 */
export const modelOf = async (
  kit: Kit,
  reader: Reader,
  { tables, stock }: ModelRequest,
): Promise<Record<string, unknown>> => {
  const catalog = kit.source.catalog()
  const scopes = scopesFor(kit, reader, tables)
  const relationships = relationshipsOf(scopes, catalog, reader)
  const looked = scopes.slice(0, MOST_TABLES)
  const found = await inTurns(looked, ({ table }) => factsOrHint(kit, reader, table, stock))
  const described = scopes.map((scope, at): [string, Record<string, unknown>] => {
    const relations = relationships[scope.table.name] ?? []
    const { hint, ...facts } = { hint: undefined, ...found[at] }
    const unread = at < MOST_TABLES ? [] : ['Name it in tables= for its records and values.']
    return [
      scope.table.name,
      {
        columns: scope.fields.map((field) => columnOf(field, { fk: referenceOf(field, relations) })),
        ...facts,
        hints: [...hintsOf(scope, relations), ...(hint === undefined ? [] : [hint]), ...unread],
      },
    ]
  })
  return {
    tables: Object.fromEntries(described),
    relationships,
    patterns: patternsOf(relationships),
    ...(!stock && {
      query_templates: looked.flatMap((scope, at) => {
        const { enum_values: choices = {} } = found[at] as Partial<Facts>
        return templatesOf(scope, relationships[scope.table.name] ?? [], choices)
      }),
    }),
  }
}
