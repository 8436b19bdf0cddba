/** Reading requests at random: lists, counts, pages, groups, single records, descriptions, other formats, streams. */
import type { Ask } from '../harness.ts'
import { type Asking, fieldIn, fieldsIn, filterIn, groupIn, keyIn, orderIn, relatedIn } from './asking.ts'
import type { WorldTable } from './world.ts'

type Query = Readonly<Record<string, unknown>>

const FORMATS = ['text/csv', 'application/xml', 'application/x-ndjson'] as const

const listIn = (asking: Asking, table: WorldTable): Query => {
  const { random } = asking
  return {
    order: orderIn(asking, table),
    ...(random.one(2) && { fields: fieldsIn(asking, table) }),
    ...(random.one(2) && { filter: filterIn(asking, table) }),
    ...(random.one(3) && { limit: 1 + random.int(4) }),
    ...(random.one(4) && { offset: random.int(4) }),
    ...(random.one(3) && { include_count: true }),
    ...(random.one(6) && { include_schema: true }),
    ...(random.one(3) && relatedIn(asking, table)),
  }
}

const idsIn = (asking: Asking, table: WorldTable): Query => {
  const { random } = asking
  const own = random.one(4)
  return {
    ids: Array.from({ length: 1 + random.int(3) }, () => keyIn(asking)).join(),
    ...(own && { id_field: fieldIn(asking, table) }),
    ...(random.one(2) && { continue: true }),
    ...(random.one(2) && { fields: fieldsIn(asking, table) }),
    ...(random.one(4) && relatedIn(asking, table)),
  }
}

const describing = ({ random }: Asking, { name }: WorldTable): Ask =>
  random.pick<Ask>([
    { path: '_table' },
    { path: '_table', query: { as_access_list: true } },
    { path: '_schema' },
    { path: `_schema/${name}` },
    { path: `_schema/${name}/_field` },
    { path: `_schema/${name}/_field/ghost` },
    { path: `_schema/${name}/_related` },
    { path: '_spec' },
  ])

/** Counts, samples and values of what the role sees. */
const modelling = ({ random }: Asking, { name }: WorldTable): Ask => ({
  path: '_spec',
  query: { model: true, ...(random.one(4) && { stock: true }), ...(random.one(3) && { tables: name }) },
})

/** One request that changes nothing. */
export const readingOf = (asking: Asking): Ask => {
  const { random, world } = asking
  const table = random.pick(world.tables)
  const path = `_table/${table.name}`
  switch (random.int(16)) {
    case 0:
      return {
        path: `${path}/${keyIn(asking)}`,
        query: {
          ...(random.one(2) && { fields: fieldsIn(asking, table) }),
          ...(random.one(2) && relatedIn(asking, table)),
        },
      }
    case 1:
      return { path, query: { filter: filterIn(asking, table), count_only: true } }
    case 2:
      return { path, query: groupIn(asking, table) }
    case 3:
      return { path, query: idsIn(asking, table) }
    case 4:
      return { path, query: { ...listIn(asking, table), limit: 2, cursor: '' } }
    case 5:
      return { path, query: { as_list: true, order: 'id', ...(random.one(3) && { id_field: fieldIn(asking, table) }) } }
    case 6:
      return describing(asking, table)
    case 7:
      return { path, query: listIn(asking, table), headers: { accept: random.pick(FORMATS) } }
    case 8:
      return {
        path,
        query: relatedIn(asking, table).related ? { order: 'id', ...relatedIn(asking, table) } : { count_only: true },
      }
    case 9:
      return { path: `${path}/${keyIn(asking)}`, query: { id_field: fieldIn(asking, table) } }
    case 10:
    case 11:
    case 12:
      return { path, query: groupIn(asking, table) }
    case 13:
      return modelling(asking, table)
    default:
      return { path, query: listIn(asking, table) }
  }
}
