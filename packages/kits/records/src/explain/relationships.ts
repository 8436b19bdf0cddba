/** A table's relations in the words of a description for programs. */
import type { Catalog } from '../catalog.ts'
import { shownRelations } from '../describe.ts'
import type { Relation } from '../relations.ts'
import type { Scope } from '../scope.ts'

/** A relation, with what has to be sent to read it. */
export interface Relationship {
  readonly name: string
  readonly type: Relation['type']
  readonly field: string
  readonly ref_table: string
  readonly ref_field: string
  readonly ref_service?: string
  readonly junction_table?: string
  readonly usage: string
}

const relationship = ({ name, type, fields, table, references, junction, service }: Relation): Relationship => ({
  name,
  type,
  field: fields.join(),
  ref_table: table,
  ref_field: references.join(),
  ...(service !== undefined && { ref_service: service }),
  ...(junction && { junction_table: junction.table }),
  usage: `related=${name}`,
})

type Asker = Parameters<typeof shownRelations>[2]

/** By table; tables without relations are left out. */
export const relationshipsOf = (
  scopes: readonly Scope[],
  catalog: Catalog,
  asker: Asker,
): Readonly<Record<string, readonly Relationship[]>> =>
  Object.fromEntries(
    scopes
      .map((scope) => [scope.table.name, shownRelations(scope, catalog, asker).map(relationship)] as const)
      .filter(([, relations]) => relations.length > 0),
  )
