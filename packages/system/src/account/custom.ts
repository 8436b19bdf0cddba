/** `user/custom`: values of any kind that users keep for themselves, by name (platform.md §3.22). */
import { type Call, type Endpoint, endpoint, GwError, rows } from '@gw/core'
import type { Row, RunOptions } from '@gw/records'
import { z } from 'zod'
import { storedTime } from '../identity/accounts.ts'
import { deleteRows, insertRow, readRows, updateRows } from '../store/rows.ts'
import type { AccountParts } from './parts.ts'

const TABLE = 'user_custom'
const LONGEST_NAME = 255
/** Of one user. */
const MOST_VALUES = 1_000

const value = z.looseObject({ name: z.string().min(1).max(LONGEST_NAME), value: z.unknown() })
const values = z
  .union([z.looseObject({ resource: z.union([value, z.array(value)]) }), z.array(value), value])
  .meta({ id: 'UserValues', description: 'Values by name.' })
const params = z.object({ name: z.string().max(LONGEST_NAME) })

const idOf = ({ caller }: Call): number => {
  if (caller.user === undefined)
    throw new GwError('unauthenticated', 'There is no valid session for the current request.')
  return Number(caller.user.id)
}
const listed = (body: z.output<typeof values>): readonly z.output<typeof value>[] => {
  if (Array.isArray(body)) return body
  if (!('resource' in body)) return [body as z.output<typeof value>]
  return Array.isArray(body.resource) ? body.resource : [body.resource as z.output<typeof value>]
}

/** Said as JSON, since a bare list would be wrapped and a bare text would be one. */
const bare = (found: unknown): Response =>
  new Response(JSON.stringify(found ?? null), { headers: { 'content-type': 'application/json; charset=utf-8' } })

const keep = async (
  { store, change }: Pick<AccountParts, 'store' | 'change'>,
  userId: number,
  wanted: readonly { readonly name: string; readonly value?: unknown }[],
) =>
  change(['custom'], async (inside: RunOptions) => {
    const stored = await readRows(store, TABLE, { where: { user_id: userId }, fields: ['name'] }, inside)
    const known = new Set(stored.map(({ name }) => name))
    if (new Set([...known, ...wanted.map(({ name }) => name)]).size > MOST_VALUES)
      throw new GwError('invalid_request', `A user may keep at most ${MOST_VALUES} values.`)
    for (const { name, value: given } of wanted) {
      const set = {
        value: JSON.stringify(given ?? null),
        last_modified_date: storedTime(),
        last_modified_by_id: userId,
      }
      if (known.has(name)) await updateRows(store, TABLE, set, { user_id: userId, name }, inside)
      else {
        const made = { created_date: storedTime(), created_by_id: userId }
        await insertRow(store, TABLE, { user_id: userId, name, ...set, ...made }, inside)
      }
      known.add(name)
    }
  })

const missing = (name: string) => new GwError('not_found', `Record with identifier '${name}' not found.`)

export const customEndpoints = (parts: AccountParts): readonly Endpoint[] => {
  const { store, change } = parts
  const shared = { tags: ['Own values'], errors: ['unauthenticated', 'not_found'] } as const
  const find = async (call: Call, name: string): Promise<Row> => {
    const where = { user_id: idOf(call), name }
    const [row] = await readRows(store, TABLE, { where }, { signal: call.signal })
    if (!row) throw missing(name)
    return row
  }
  const one = (method: 'PUT' | 'PATCH', id: string) =>
    endpoint({
      ...shared,
      id,
      method,
      path: '/custom/{name}',
      summary: 'Change a value of your own',
      params,
      body: z.looseObject({ value: z.unknown() }),
      response: z.object({ name: z.string() }),
      async handle(call) {
        const { name } = call.params
        await find(call, name)
        await keep(parts, idOf(call), [{ name, value: call.body.value }])
        return { name }
      },
    })
  const many = (method: 'POST' | 'PUT' | 'PATCH', id: string) =>
    endpoint({
      ...shared,
      id,
      method,
      path: '/custom',
      summary: 'Keep values of your own',
      body: values,
      status: method === 'POST' ? 201 : 200,
      async handle(call) {
        const wanted = listed(call.body)
        await keep(parts, idOf(call), wanted)
        return rows({ items: wanted.map(({ name }) => ({ name })), identifier: ['name'] })
      },
    })
  return [
    endpoint({
      ...shared,
      id: 'getUserValues',
      method: 'GET',
      path: '/custom',
      summary: 'List your own values',
      async handle(call) {
        const found = await readRows(store, TABLE, { where: { user_id: idOf(call) } }, { signal: call.signal })
        return rows({ items: found.map(({ id: _, user_id: __, ...row }) => row), identifier: ['name'] })
      },
    }),
    endpoint({
      ...shared,
      id: 'getUserValue',
      method: 'GET',
      path: '/custom/{name}',
      summary: 'Show a value of your own',
      description: 'The value itself, whatever kind it is of.',
      params,
      handle: async (call) => bare((await find(call, call.params.name)).value),
    }),
    many('POST', 'createUserValues'),
    many('PUT', 'replaceUserValues'),
    many('PATCH', 'updateUserValues'),
    one('PUT', 'replaceUserValue'),
    one('PATCH', 'updateUserValue'),
    endpoint({
      ...shared,
      id: 'deleteUserValue',
      method: 'DELETE',
      path: '/custom/{name}',
      summary: 'Delete a value of your own',
      params,
      response: z.object({ name: z.string() }),
      async handle(call) {
        const { name } = call.params
        await find(call, name)
        await change(['custom'], (inside) => deleteRows(store, TABLE, { user_id: idOf(call), name }, inside))
        return { name }
      },
    }),
  ]
}
