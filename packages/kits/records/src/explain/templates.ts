/** What a reader can do with a table: shapes that tables have together, and calls to begin with. */
import type { Field } from '../catalog.ts'
import type { Scope } from '../scope.ts'
import type { Relationship } from './relationships.ts'

export interface QueryTemplate {
  readonly description: string
  readonly method: 'GET'
  /** Below the service. */
  readonly path: string
}

/** What stands out in how tables hang together. */
export const patternsOf = (relationships: Readonly<Record<string, readonly Relationship[]>>): readonly string[] =>
  Object.entries(relationships).flatMap(([table, relations]) =>
    relations.flatMap(({ type, name, field, ref_table, junction_table, usage }) => {
      if (type === 'many_many')
        return [`${table} and ${ref_table} are joined by ${junction_table}: read ${name} with ${usage}.`]
      if (type === 'belongs_to' && ref_table === table)
        return [`${table} is a tree: ${field} refers to another record of ${table}.`]
      return []
    }),
  )

const pathTo = (table: string, parameters: Readonly<Record<string, string>> = {}, id?: string): string => {
  const query = new URLSearchParams(parameters).toString().replaceAll('+', '%20')
  return `_table/${encodeURIComponent(table)}${id === undefined ? '' : `/${id}`}${query && `?${query}`}`
}

const quoted = (value: unknown): string =>
  typeof value === 'number' ? String(value) : `'${String(value).replaceAll("'", "''")}'`

/** Calls that read one table. */
export const templatesOf = (
  { table: { name }, key }: Pick<Scope, 'table' | 'key'>,
  relations: readonly Relationship[],
  choices: Readonly<Record<string, readonly unknown[]>>,
): readonly QueryTemplate[] => {
  const order = key.length === 1 ? { order: `${key[0]!.name} desc` } : {}
  const [choice] = Object.entries(choices)
  const [relation] = relations
  return [
    {
      description: `A page of ${name}`,
      method: 'GET',
      path: pathTo(name, { limit: '20', ...order, include_count: 'true' }),
    },
    ...(key.length === 1
      ? [{ description: `One record of ${name}`, method: 'GET', path: pathTo(name, {}, '{id}') } as const]
      : []),
    ...(choice
      ? [
          {
            description: `Records of ${name} by ${choice[0]}`,
            method: 'GET',
            path: pathTo(name, { filter: `${choice[0]} = ${quoted(choice[1][0])}` }),
          } as const,
        ]
      : []),
    ...(relation
      ? [
          {
            description: `Records of ${name} with ${relation.name}`,
            method: 'GET',
            path: pathTo(name, { related: relation.name, limit: '20' }),
          } as const,
        ]
      : []),
  ]
}

/**
 * What has to be known before a table is used.
 * @param relations as far as the reader is told of them: a reference by a denied field is none
 */
export const hintsOf = ({ table, key, fields }: Scope, relations: readonly Relationship[]): readonly string[] => {
  const names = (of: readonly Field[]) => of.map(({ name }) => name).join(', ')
  const generated = fields.filter((field) => field.generated)
  const held = relations.some(({ type }) => type === 'has_many' || type === 'has_one')
  return [
    ...(table.description ? [table.description] : []),
    ...(table.view ? ['It is a view.'] : []),
    ...(key.length === 0 ? ['It has no key: read it as a list, or name a field with id_field.'] : []),
    ...(key.length > 1
      ? [`Its key has the fields ${names(key)}: name records in a body that carries all of them.`]
      : []),
    ...(generated.length > 0 ? [`Computed, and never written: ${names(generated)}.`] : []),
    ...(held ? ['Other tables refer to it.'] : []),
  ]
}
