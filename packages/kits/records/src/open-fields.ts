/** Fields that no catalogue lists: made of the names that callers bring, for `Table.open`. */
import { LRUCache } from 'lru-cache'
import type { Field } from './catalog.ts'

/** Fields that are remembered for a table; callers can bring any number of names. */
const REMEMBERED = 1_000
const LONGEST = 200
/** Steps of a path. */
const DEEPEST = 20
/** Words with dots between them. No sign that a source, or a list of names, could take for something else. */
const PATH = /^[\p{L}_][\p{L}\p{N}_-]*(?:\.[\p{L}\p{N}_][\p{L}\p{N}_-]*)*$/u
/** What JavaScript's objects have of themselves. */
const FOREIGN = /(?:^|\.)__proto__(?:\.|$)/

const isPath = (name: string): boolean =>
  name.length <= LONGEST && PATH.test(name) && !FOREIGN.test(name) && name.split('.').length <= DEEPEST

/** Makes fields of names and of dotted paths into what a record holds, each of them of any type. */
export const openFields = (): ((name: string) => Field | undefined) => {
  const fields = new LRUCache<string, Field>({ max: REMEMBERED })
  return (name) => {
    const known = fields.get(name)
    if (known || !isPath(name)) return known
    const field: Field = {
      name,
      native: name,
      type: 'any',
      dbType: '',
      nullable: true,
      autoIncrement: false,
      generated: false,
      primaryKey: false,
      unique: false,
      open: true,
    }
    fields.set(name, field)
    return field
  }
}
