/** Writing requests at random: by id, ids, filter and records, nested, in batches of calls, as streams. */
import type { Ask } from '../harness.ts'
import { type Asking, fieldIn, fieldsIn, filterIn, keyIn, relatedIn } from './asking.ts'
import { readingOf } from './reading.ts'
import { GHOST, nameOf, valueFor, type WorldTable } from './world.ts'

type Given = Readonly<Record<string, unknown>>

const valueIn = (asking: Asking, table: WorldTable, name: string): unknown => {
  const field = table.fields.find((one) => nameOf(table, one.name) === name)
  if (name === 'id' || field?.references) return keyIn(asking)
  return field ? valueFor(asking.random, field) : 'boo'
}

const nestedIn = (asking: Asking, table: WorldTable, depth: number): Given => {
  const { random, relations, world } = asking
  const known = relations[table.name]!
  if (known.length === 0 || depth === 0 || !random.one(3)) return {}
  const { name, to } = random.pick(known)
  const far = world.tables.find((one) => one.name === to)
  if (!far) return {}
  const one = () => recordIn(asking, far, depth - 1)
  return { [name]: random.one(2) ? one() : [one()] }
}

const recordIn = (asking: Asking, table: WorldTable, depth = 2): Given => {
  const { random } = asking
  const required = table.fields.filter(({ nullable, auto, name }) => !nullable && !auto && name !== 'n' && name !== 'c')
  const names = new Set([
    ...(random.one(8) ? [] : required.map(({ name }) => nameOf(table, name))),
    ...random.some(table.fields.filter(({ name }) => name !== 'id').map(({ name }) => nameOf(table, name))),
    ...(random.one(8) ? [GHOST] : []),
    ...(random.one(8) ? [fieldIn(asking, table)] : []),
  ])
  return {
    ...Object.fromEntries([...names].map((name) => [name, valueIn(asking, table, name)])),
    ...nestedIn(asking, table, depth),
  }
}

/** A few fields, as a change has them. */
const changeIn = (asking: Asking, table: WorldTable): Given => {
  const { random } = asking
  const names = [fieldIn(asking, table), ...(random.one(2) ? [fieldIn(asking, table)] : [])].filter(
    (name) => name !== 'id' && name !== 'v',
  )
  return {
    ...Object.fromEntries(names.map((name) => [name, valueIn(asking, table, name)])),
    ...nestedIn(asking, table, 1),
  }
}

const optionsIn = (asking: Asking, table: WorldTable): Given => {
  const { random } = asking
  return {
    ...(random.one(2) && { fields: fieldsIn(asking, table) }),
    ...(random.one(4) && random.pick([{ continue: true }, { rollback: true }])),
    ...(random.one(5) && relatedIn(asking, table)),
    ...(random.one(6) && { allow_related_delete: true }),
  }
}

const several = (asking: Asking, one: () => Given): readonly Given[] =>
  Array.from({ length: 1 + asking.random.int(2) }, one)
const ids = (asking: Asking): string => Array.from({ length: 1 + asking.random.int(2) }, () => keyIn(asking)).join()

const changing = (asking: Asking, table: WorldTable, path: string, query: Given): Ask => {
  const { random } = asking
  const method = random.pick(['PATCH', 'PUT'])
  const body = () => changeIn(asking, table)
  switch (random.int(4)) {
    case 0:
      return { method, path: `${path}/${keyIn(asking)}`, query, body: body() }
    case 1:
      return { method, path, query: { ...query, ids: ids(asking) }, body: [body()] }
    case 2:
      return { method, path, query: { ...query, filter: filterIn(asking, table) }, body: [body()] }
    default:
      return { method, path, query, body: several(asking, () => ({ id: keyIn(asking), ...body() })) }
  }
}

const removing = (asking: Asking, table: WorldTable, path: string, query: Given): Ask => {
  const { random } = asking
  switch (random.int(5)) {
    case 0:
      return { method: 'DELETE', path: `${path}/${keyIn(asking)}`, query }
    case 1:
      return { method: 'DELETE', path, query: { ...query, ids: ids(asking) } }
    case 2:
      return { method: 'DELETE', path, query: { ...query, filter: filterIn(asking, table) } }
    case 3:
      return { method: 'DELETE', path, query: { ...query, force: true } }
    default:
      return { method: 'DELETE', path, query, body: several(asking, () => ({ id: keyIn(asking) })) }
  }
}

const creating = (asking: Asking, table: WorldTable, path: string, query: Given): Ask => {
  const { random } = asking
  const records = several(asking, () => recordIn(asking, table))
  if (!random.one(6)) return { method: 'POST', path, query, body: records }
  const body = records.map((record) => JSON.stringify(record)).join('\n')
  return { method: 'POST', path, query, body, headers: { 'content-type': 'application/x-ndjson' } }
}

const singleOf = (asking: Asking): Ask => {
  const { random, world } = asking
  const table = random.pick(world.tables)
  const path = `_table/${table.name}`
  const query = optionsIn(asking, table)
  return random.pick([creating, changing, removing, changing])(asking, table, path, query)
}

/** One request that may write. */
export const writingOf = (asking: Asking): Ask => {
  const { random } = asking
  if (!random.one(8)) return singleOf(asking)
  const steps = Array.from({ length: 2 }, () => {
    const { method = 'GET', path, query, body } = random.one(3) ? readingOf(asking) : singleOf(asking)
    return { method, path, query, ...(typeof body === 'object' && { body }) }
  })
  return { method: 'POST', path: '_batch', body: { steps } }
}
