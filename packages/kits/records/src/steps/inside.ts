/** The source of a service within one open transaction: whatever is asked of it happens there, or not at all. */
import { type Call, GwError, type Ready } from '@gw/core'
import type { RecordsSource, RunOptions, Transaction } from '../source.ts'

export interface Inside {
  readonly transaction: Transaction
  /** One statement per record, to learn which of them fails. */
  readonly singly: boolean
  /** The first statement's failure: after it a database takes no more of them. */
  failure: GwError | undefined
}

const insides = new WeakMap<RecordsSource, Inside>()

/** What is known of a source that is within a transaction; `undefined` for one that is not. */
export const insideOf = (source: RecordsSource): Inside | undefined => insides.get(source)

const apart = (what: string): GwError => new GwError('not_supported', `${what} is not possible in a batch.`)

/** The source as the steps of a batch see it. The catalogue stays as it is, and there is no way past the transaction. */
export const sourceInside = (source: RecordsSource, inside: Inside): RecordsSource => {
  const catalog = source.catalog()
  const { transaction } = inside
  const run = async <T>(options: RunOptions, statement: (options: RunOptions) => Ready<T>): Promise<T> => {
    if (inside.failure) throw inside.failure
    try {
      return await statement({ ...options, transaction })
    } catch (error) {
      if (GwError.is(error)) inside.failure ??= error
      throw error
    }
  }
  const within: RecordsSource = {
    capabilities: source.capabilities,
    catalog: () => catalog,
    refresh: async () => {
      throw apart("Reading the source's structure anew")
    },
    read: (plan, values, options) => run(options, (own) => source.read(plan, values, own)),
    count: (plan, values, options) => run(options, (own) => source.count(plan, values, own)),
    group: (plan, values, options) =>
      run(options, (own) => {
        if (!source.group) throw apart('Grouping')
        return source.group(plan, values, own)
      }),
    ...(source.collationKeys && {
      collationKeys: (field, texts, options) => run(options, (own) => source.collationKeys!(field, texts, own)),
    }),
    insert: (plan, records, options) => run(options, (own) => source.insert(plan, records, own)),
    update: (plan, values, options) => run(options, (own) => source.update(plan, values, own)),
    delete: (plan, values, options) => run(options, (own) => source.delete(plan, values, own)),
    truncate: (plan, values, options) => run(options, (own) => source.truncate(plan, values, own)),
    // What fails in here ends the whole, so that there is nothing to roll back apart from it.
    transaction: (work) => work(transaction),
  }
  insides.set(within, inside)
  return within
}

/** The same source within the same transaction, of which something is different. */
export const sourceAs = (source: RecordsSource, own: Partial<RecordsSource>): RecordsSource => {
  const changed = { ...source, ...own }
  const inside = insideOf(source)
  if (inside) insides.set(changed, inside)
  return changed
}

const sources = new WeakMap<Call, RecordsSource>()

/** Makes a call read from and write to a source within a transaction. */
export const runInside = (call: Call, source: RecordsSource): void => void sources.set(call, source)

/** The source that a call is bound to; `undefined` where it is the service's own. */
export const sourceFor = (call: Call): RecordsSource | undefined => sources.get(call)
