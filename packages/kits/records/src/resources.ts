/** What a role can be granted on a records service, and the one spelling of each component. */
import type { Resource } from '@gw/core'
import type { Catalog } from './catalog.ts'
import type { RecordsSource } from './source.ts'

/** `_table/x` and `_schema/x` for every table. Throws `unavailable` before the first introspection. */
export const recordsResources = (source: RecordsSource): readonly Resource[] =>
  source.catalog().tables.flatMap((table): Resource[] => [
    { component: `_table/${table.name}`, kind: table.view ? 'view' : 'table', label: table.name },
    { component: `_schema/${table.name}`, kind: 'schema', label: table.name, methods: ['GET'] },
  ])

const TABLE_PATH = /^(_table|_schema)\/([^/]+)(.*)$/is

/**
 * Makes `Service.canonical`: `_Table/CUSTOMERS/5` becomes `_table/customers/5`, so that neither case nor a schema
 * prefix gets round a denial. Never does I/O; before the first introspection, and for what is no table, it returns
 * its argument.
 */
export const recordsCanonical =
  (source: RecordsSource) =>
  (component: string): string => {
    const path = TABLE_PATH.exec(component)
    if (!path) return component
    let catalog: Catalog
    try {
      catalog = source.catalog()
    } catch {
      return component
    }
    const table = catalog.byName.get(path[2]!.toLowerCase())
    return table ? `${path[1]!.toLowerCase()}/${table.name}${path[3]}` : component
  }
