/** What is governed, changed over the system API as an administrator does it, on whatever node a balancer leads to. */
import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import type { Address } from '../databases/index.ts'
import { type Balancer, LOST } from './balancer.ts'
import { type History, history } from './history.ts'
import type { NodesScale } from './scale.ts'

/** Owners of the rows; each has `ROWS`. */
export const OWNERS = 7
export const ROWS = 20

export interface Key {
  readonly text: string
  readonly id: number
  readonly valid: History<boolean>
}

export interface World {
  /** Of a role whose row filter names an owner. */
  readonly filtered: string
  readonly owner: History<number>
  /** Of a role that sees all rows; a page of the service has so many. */
  readonly plain: string
  readonly page: History<number>
  /** Of a role that a limit counts. */
  readonly limited: string
  readonly keys: readonly Key[]
  changeOwner(): Promise<void>
  changePage(): Promise<void>
  addKey(): Promise<void>
  removeKey(): Promise<void>
}

const PASSWORD = 'sixteen letters and more'
const ROOT = { email: 'root@gw.test', name: 'Root', password: PASSWORD }

interface Asked {
  readonly status: number
  readonly body: any
}

/** Calls that change nothing further when they are repeated. */
const asking = (balancer: Balancer, headers: Readonly<Record<string, string>> = {}) => {
  return async (method: string, path: string, body?: unknown): Promise<Asked> => {
    for (;;) {
      const answer = await balancer.send({ method, path, headers, body })
      if (answer !== LOST) return answer
    }
  }
}

const signedIn = async (balancer: Balancer, code: string): Promise<Readonly<Record<string, string>>> => {
  const ask = asking(balancer)
  assert.equal((await ask('POST', '/setup', { ...ROOT, code })).status, 201, 'the set-up code was not taken')
  for (;;) {
    const { status, body } = await ask('POST', '/api/v2/system/admin/session', ROOT)
    if (status === 200) return { 'x-dreamfactory-session-token': body.session_token }
    await pause(200)
  }
}

/** @param code of one node, which is given to any */
export const openWorld = async (
  balancer: Balancer,
  code: string,
  data: Address,
  { limit }: NodesScale,
): Promise<World> => {
  const ask = asking(balancer, await signedIn(balancer, code))
  /** Finds the record by its name where a call that made it was lost. */
  const create = async (resource: string, record: { readonly name: string }): Promise<any> => {
    const made = await ask('POST', `/api/v2/system/${resource}?fields=*`, { resource: [record] })
    if (made.status === 201) return made.body.resource[0]
    const filter = encodeURIComponent(`name='${record.name}'`)
    const found = await ask('GET', `/api/v2/system/${resource}?filter=${filter}`)
    assert.ok(found.body.resource?.[0], `${resource} '${record.name}' was not made: ${JSON.stringify(made.body)}`)
    return found.body.resource[0]
  }
  const patch = async (path: string, record: object) => {
    const { status, body } = await ask('PATCH', `/api/v2/system/${path}`, record)
    assert.equal(status, 200, `${path} was not changed: ${JSON.stringify(body)}`)
  }

  const { host, port, user: username, password, database } = data
  const config = { host, port, database, username, password, sslmode: 'disable' }
  const page = history(3)
  const owner = history(0)
  const shop = await create('service', {
    ...{ name: 'shop', type: 'pgsql', is_active: true },
    ...{ config: { ...config, max_records: page.current() } },
  })
  const access = (filters: object[] = []) => ({
    ...{ service_id: shop.id, component: '_table/*', verb_mask: 1, requestor_mask: 1 },
    ...{ filters, filter_op: 'AND' },
  })
  const role = (name: string, filters?: object[]) =>
    create('role', {
      ...{ name, is_active: true },
      ...{ role_service_access_by_role_id: [access(filters)] },
    } as never)
  const byOwner = (value: number) => [{ name: 'owner', operator: '=', value: String(value) }]
  const seeing = await role('filtered', byOwner(owner.current()))
  const rows = `role/${seeing.id}?related=role_service_access_by_role_id`
  const [row] = (await ask('GET', `/api/v2/system/${rows}`)).body.role_service_access_by_role_id
  const everything = await role('plain')
  const counted = await role('limited')
  const app = (name: string, { id }: { id: number }) =>
    create('app', { ...{ name, is_active: true }, ...{ role_id: id } } as never)
  const filtered = (await app('filtered', seeing)).api_key
  const plain = (await app('plain', everything)).api_key
  const limited = (await app('limited', counted)).api_key
  const all = { name: 'all', type: 'instance.role', role_id: counted.id, rate: limit, period: 'hour', is_active: true }
  await create('limit', all)

  const keys: Key[] = []
  let made = 0
  return {
    filtered,
    owner,
    plain,
    page,
    limited,
    keys,
    changeOwner() {
      const next = (owner.current() + 1) % OWNERS
      const change = { role_service_access_by_role_id: [{ id: row.id, ...access(byOwner(next)) }] }
      return owner.change(next, () => patch(`role/${seeing.id}`, change))
    },
    changePage() {
      const next = 3 + ((page.current() + 1) % 5)
      return page.change(next, () => patch(`service/${shop.id}`, { config: { ...config, max_records: next } }))
    },
    async addKey() {
      const valid = history(false)
      let found: { id: number; api_key: string } | undefined
      await valid.change(true, async () => {
        found = await app(`key-${made++}`, everything)
      })
      keys.push({ id: found!.id, text: found!.api_key, valid })
    },
    async removeKey() {
      const key = keys.find(({ valid }) => valid.current())
      if (!key) return
      await key.valid.change(false, () => ask('DELETE', `/api/v2/system/app/${key.id}`))
    },
  }
}
