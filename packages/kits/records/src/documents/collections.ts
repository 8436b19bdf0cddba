/** Collections that are made, changed and dropped. */
import { GwError } from '@gw/core'
import type { CatalogCache } from '../catalog-cache.ts'
import type { SchemaWriter, TableChange } from '../schema/definition.ts'
import { ANSWERS } from './answers.ts'
import {
  changedSchema,
  type IndexDefinition,
  indexOf,
  newSchema,
  type PropertyTypes,
  standsAgainst,
} from './definition.ts'
import type { FoundIndex } from './table.ts'
import { schemaIn, type Validator, withSchema } from './validator.ts'

/** How long the look at the source afterwards may take, in milliseconds. */
const LOOK_TIMEOUT = 60_000

/** What a source does to a collection, by its own name. */
export interface Collections {
  validatorOf(name: string): Promise<Validator | undefined>
  create(name: string, validator: Validator): Promise<unknown>
  setValidator(name: string, validator: Validator): Promise<unknown>
  drop(name: string): Promise<unknown>
  /** Whether some document has no value in a field, or null. */
  lacks(name: string, field: string): Promise<boolean>
  /** Whether some document has something else in a field than values of these types. */
  differs(name: string, field: string, types: readonly string[]): Promise<boolean>
  /** Takes a field out of every document. */
  clear(name: string, field: string): Promise<unknown>
  indexesOf(name: string): Promise<readonly FoundIndex[]>
  createIndex(name: string, index: IndexDefinition): Promise<unknown>
  dropIndex(name: string, index: string): Promise<unknown>
}

export interface CollectionWriting {
  readonly types: PropertyTypes
  readonly collections: Collections
  readonly catalog: CatalogCache
  /** In bytes. */
  readonly longestName: number
  isName(name: string): boolean
  /** Whether a collection that is made is one that the service shows. */
  readonly showsAll: boolean
  guarded<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>
}

type Run = () => Promise<void>

export const collectionWriter = (writing: CollectionWriting): SchemaWriter => {
  const { types, collections, catalog, longestName, isName, showsAll, guarded } = writing

  const makeIndexes = async (name: string, indexes: readonly IndexDefinition[]): Promise<void> => {
    for (const index of indexes) await collections.createIndex(name, index)
  }
  const alter = async ({ table, changes }: Extract<TableChange, { kind: 'alter' }>): Promise<Run> => {
    const { native } = table
    const validator = await collections.validatorOf(native)
    const { schema, demands, gone, made, unindexed } = changedSchema(schemaIn(validator), table, changes, types)
    // Documents that are there are held against it before anything is done: afterwards they could not be changed.
    for (const { field, types: allowed, required } of demands) {
      if (required && (await collections.lacks(native, field))) throw standsAgainst(table, field, true)
      if (await collections.differs(native, field, allowed)) throw standsAgainst(table, field, false)
    }
    return async () => {
      for (const { name, fields } of await collections.indexesOf(native))
        if (fields.length === 1 && unindexed.includes(fields[0]!)) await collections.dropIndex(native, name)
      await makeIndexes(native, made)
      if (demands.length > 0 || gone.length > 0) await collections.setValidator(native, withSchema(validator, schema))
      for (const field of gone) await collections.clear(native, field)
    }
  }
  const planned = async (change: TableChange): Promise<Run> => {
    if (change.kind === 'alter') return alter(change)
    if (change.kind === 'drop') return async () => void (await collections.drop(change.table.native))
    const { native, columns } = change.definition
    const schema = newSchema(change.definition, types)
    return async () => {
      await collections.create(native, { $jsonSchema: schema })
      await makeIndexes(
        native,
        columns.flatMap((column) => (column.name === types.key ? [] : (indexOf(native, column) ?? []))),
      )
    }
  }

  return {
    label: types.label,
    longestName,
    transactional: false,
    place(name) {
      if (!isName(name) || name === ANSWERS)
        throw new GwError('invalid_request', `No collection can be named "${name.slice(0, 80)}" here.`)
      if (!showsAll)
        throw new GwError(
          'not_supported',
          'The service serves the collections that its configuration names, and no others: it makes none.',
        )
      return { name, native: name }
    },
    async apply(changes, signal, onDone) {
      try {
        const runs = await guarded(() => Promise.all(changes.map(planned)), signal)
        for (const [index, run] of runs.entries()) {
          await guarded(run, signal)
          onDone?.(index)
        }
      } finally {
        // Also after a failure: what was done before it holds.
        await catalog.renew(AbortSignal.timeout(LOOK_TIMEOUT))
      }
    },
  }
}
