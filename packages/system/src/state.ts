/** `Host.state` in the store: the documents of services, shared by all nodes. */
import { GwError, type State } from '@gw/core'
import { sql } from '@gw/sql/kysely'
import type { Store } from './store/open.ts'

const TABLE = 'gw_state'
/** How long one access to the store may take, in milliseconds. */
const PATIENCE = 10_000

const conflict = () =>
  new GwError(
    'conflict',
    'The document was changed in the meantime. Read it again, and repeat the change on its new version.',
  )

const toJson = (value: unknown): string => {
  const json = JSON.stringify(value)
  // What has no JSON could not be told from what is not there.
  if (json === undefined)
    throw new GwError('invalid_request', 'A state document must be a JSON value; delete it to remove it.')
  return json
}

/** @param idOf the number of a service; a service that the store does not know keeps nothing */
export const storeState = ({ db, run, source }: Store, idOf: (service: string) => number | undefined) => {
  const numberOf = (service: string): number => {
    const id = idOf(service)
    if (id === undefined) throw new GwError('unavailable', `The store does not know the service '${service}' yet.`)
    return id
  }
  const select = (id: number, key: string) =>
    db.selectFrom(TABLE).select(['value', 'version']).where('service_id', '=', id).where('key', '=', key).compile()

  /** Reads a document under a lock that other writers wait for, and stores what becomes of it. */
  const update = <T>(
    id: number,
    key: string,
    ifVersion: number | undefined,
    change: (found: { value: string | null; version: number } | undefined) => {
      value: string | null | undefined
      result: T
    },
  ): Promise<T> => {
    const signal = AbortSignal.timeout(PATIENCE)
    return source.transaction!(async (transaction) => {
      const execute = async (query: { sql: string; parameters: readonly unknown[] }) =>
        run(query.sql, query.parameters, { signal, transaction, writes: true })
      // The service's own row stands for all of its documents, also for those that are not there yet.
      await execute(
        db
          .updateTable('gw_service')
          .set({ name: sql.ref('name') })
          .where('id', '=', id)
          .compile(),
      )
      const [row] = (await execute(select(id, key))).rows
      const found = row && { value: row[0] === null ? null : String(row[0]), version: Number(row[1]) }
      const current = found?.value === null ? 0 : (found?.version ?? 0)
      if (ifVersion !== undefined && ifVersion !== current) throw conflict()
      const { value, result } = change(found)
      if (value === undefined) return result
      const version = (found?.version ?? 0) + (value === null ? 0 : 1)
      await execute(
        found
          ? db.updateTable(TABLE).set({ value, version }).where('service_id', '=', id).where('key', '=', key).compile()
          : db.insertInto(TABLE).values({ service_id: id, key, value, version }).compile(),
      )
      return result
    }, signal)
  }

  return (service: string): State => ({
    async get<T>(key: string) {
      const id = idOf(service)
      if (id === undefined) return undefined
      const query = select(id, key)
      const { rows } = await run(query.sql, query.parameters, { signal: AbortSignal.timeout(PATIENCE), writes: false })
      const [row] = rows
      if (!row || row[0] === null) return undefined
      return { value: JSON.parse(String(row[0])) as T, version: Number(row[1]) }
    },
    async put(key, value, { ifVersion } = {}) {
      const json = toJson(value)
      return update(numberOf(service), key, ifVersion, (found) => ({ value: json, result: (found?.version ?? 0) + 1 }))
    },
    async delete(key, { ifVersion } = {}) {
      const there = (found: { value: string | null } | undefined) => found !== undefined && found.value !== null
      return update(numberOf(service), key, ifVersion, (found) => ({
        value: there(found) ? null : undefined,
        result: there(found),
      }))
    },
    async list(prefix = '') {
      const id = idOf(service)
      if (id === undefined) return []
      const query = db
        .selectFrom(TABLE)
        .select('key')
        .where('service_id', '=', id)
        .where('value', 'is not', null)
        .orderBy('key')
        .compile()
      const { rows } = await run(query.sql, query.parameters, { signal: AbortSignal.timeout(PATIENCE), writes: false })
      return rows.map(([key]) => String(key)).filter((key) => key.startsWith(prefix))
    },
  })
}
