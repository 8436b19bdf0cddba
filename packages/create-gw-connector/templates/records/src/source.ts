/**
 * A source that works, and that you replace member by member: each gets a plan with its values, and answers with rows.
 * The comments of `RecordsSource` and of the plans are the specification.
 */
import type { Host } from '@gw/core'
import { catalogCache, type OpenedSource, type RecordsSource } from '@gw/records'
import { sameTable } from '@gw/records/documents'
import type { Config } from './config.ts'
import { databaseOf } from './databases.ts'

/** Opens nothing: connections are made on first use. */
export const openSource = ({ database }: Config, host: Host): OpenedSource => {
  const db = (): RecordsSource => databaseOf(database)
  const catalog = catalogCache({
    // Looks at what tables there are. Constraints, where the source has names for them, let failures name fields.
    async read(signal) {
      signal.throwIfAborted()
      return { tables: db().catalog().tables, constraints: [] }
    },
    isUnchanged: sameTable,
    onChange: () => host.emit('catalog.changed', {}),
    log: host.log,
    interval: 0,
  })
  const source: RecordsSource = {
    // Say less where yours does less: what is not said is refused politely.
    capabilities: { transactions: true, locking: true, insensitiveLike: true, grouping: true, partition: true },
    catalog: catalog.current,
    refresh: catalog.refresh,
    read: (plan, values, options) => db().read(plan, values, options),
    stream: (plan, values, options) => db().stream!(plan, values, options),
    count: (plan, values, options) => db().count(plan, values, options),
    group: (plan, values, options) => db().group!(plan, values, options),
    insert: (plan, records, options) => db().insert(plan, records, options),
    update: (plan, values, options) => db().update(plan, values, options),
    delete: (plan, values, options) => db().delete(plan, values, options),
    truncate: (plan, values, options) => db().truncate(plan, values, options),
    transaction: (work, signal) => db().transaction!(work, signal),
    savepoint: (transaction, work, signal) => db().savepoint!(transaction, work, signal),
  }
  return { source, catalog, ping: async () => {}, close: async () => {} }
}
