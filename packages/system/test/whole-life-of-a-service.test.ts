/** What a stranger does with nothing but HTTP, from the first administrator to the end of a service of MariaDB. */
import { createConnection } from 'mysql2/promise'
import { expect, inject, test } from 'vitest'
import { gwStart, setupCodeOf } from './process.ts'

const PASSWORD = 'one password for everyone'

interface Address {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
}
const server = inject('mariadb' as never) as Address | undefined
const WHY = server ? '' : ` (skipped: ${inject('mariadbMissing' as never)})`

/** A database with the customers of two people, and a table that nobody is given. */
const database = async ({ host, port, user, password }: Address) => {
  const name = `gw_life_${process.pid}_${Date.now()}`
  const connection = await createConnection({ host, port, user, password, multipleStatements: true })
  await connection.query(`create database ${name}; use ${name};
    create table customers (id int primary key auto_increment, owner int, name varchar(20), credit int);
    insert into customers (owner, name, credit) values (1, 'Ada', 5), (2, 'Bea', 6), (2, 'Cy', 7);
    create table salaries (id int primary key, amount int); insert into salaries values (1, 9)`)
  return {
    config: { host, port, username: user, password, database: name, sslmode: 'disable', cache_enabled: true },
    run: (statement: string) => connection.query(statement),
    async [Symbol.asyncDispose]() {
      await connection.query(`drop database ${name}`)
      await connection.end()
    },
  }
}

test.skipIf(!server)(
  `A service, a role, an app and a user are made, used, changed and ended over HTTP alone${WHY}`,
  { timeout: 120_000 },
  async () => {
    await using shop = await database(server!)
    await using gw = await gwStart({
      connectors: ['../../connectors/mysql', '../../connectors/sqlite', '..'].map((path) =>
        new URL(path, import.meta.url).pathname.replace(/\/$/, ''),
      ),
      egress: { allow: [server!.host] },
    })
    const call = async (method: string, path: string, body?: object, headers: Record<string, string> = {}) => {
      const response = await fetch(`${gw.url}${path}`, {
        method,
        headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
        ...(body && { body: JSON.stringify(body) }),
      })
      return { status: response.status, body: (await response.json()) as any, headers: response.headers }
    }
    const root = { email: 'root@gw.test', name: 'Root', password: PASSWORD }
    expect((await call('POST', '/setup', { ...root, code: setupCodeOf(gw) })).status).toBe(201)
    const api = (method: string, path: string, body?: object, headers?: Record<string, string>) =>
      call(method, `/api/v2/${path}`, body, headers)
    const session = await api('POST', 'system/admin/session', root)
    const admin = { 'x-dreamfactory-session-token': session.body.session_token }
    const create = async (resource: string, record: object) => {
      const made = await api('POST', `system/${resource}?fields=*`, { resource: [record] }, admin)
      expect([resource, made.status], JSON.stringify(made.body)).toEqual([resource, 201])
      return made.body.resource[0]
    }

    const service = await create('service', { name: 'db', type: 'mysql', is_active: true, config: shop.config })
    expect(service.config.password).toBe('**********')
    const access = {
      service_id: service.id,
      component: '_table/customers/*',
      verb_mask: 1,
      requestor_mask: 1,
      filters: [{ name: 'owner', operator: '=', value: '{user.id}' }],
      deny_fields: ['credit'],
    }
    const role = await create('role', {
      name: 'readers',
      is_active: true,
      role_service_access_by_role_id: [access],
    })
    const app = await create('app', { name: 'web', is_active: true, role_id: role.id })
    const ann = await create('user', { name: 'Ann', email: 'ann@gw.test', password: PASSWORD })
    expect(ann.id).toBe(2)
    await create('limit', {
      name: 'reads',
      type: 'instance.each_user.service',
      service_id: service.id,
      rate: 1_000,
      period: 'minute',
      is_active: true,
    })
    await create('lookup', { name: 'stays', value: 'here' })

    const key = { 'x-dreamfactory-api-key': app.api_key }
    const signedIn = await api('POST', 'user/session', { email: 'ann@gw.test', password: PASSWORD }, key)
    const own = { ...key, 'x-dreamfactory-session-token': signedIn.body.session_token }
    const get = async (path: string, headers = own) => {
      const { status, body } = await api('GET', path, undefined, headers)
      return [status, body.error?.message ?? body.resource ?? body]
    }

    // What the role allows, and nothing else.
    const hers = [
      { id: 2, owner: 2, name: 'Bea' },
      { id: 3, owner: 2, name: 'Cy' },
    ]
    expect(await get('db/_table/customers')).toEqual([200, hers])
    expect(await get('db/_table/customers/3')).toEqual([200, hers[1]])
    expect((await get('db/_table/customers/1'))[0]).toBe(404)
    expect(await get('db/_table/customers?count_only=true')).toEqual([200, 2])
    for (const path of ['?fields=credit', '?filter=credit>0', '?order=credit', '?group=credit'])
      expect([path, JSON.stringify(await get(`db/_table/customers${path}`)).includes('5')]).toEqual([path, false])
    for (const path of [
      'db/_table/salaries',
      'db/_schema/salaries',
      'db/_table',
      'db',
      'system/service',
      'system/role',
    ])
      expect([path, (await get(path))[0]]).toEqual([path, 403])
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
      expect([method, (await api(method, 'db/_table/customers/2', { name: 'x' }, own)).status]).toEqual([method, 403])
    expect(await get('db/_table/customers', key as never)).toEqual([200, []])
    expect(await get('', own)).toEqual([
      200,
      expect.objectContaining({ services: [expect.objectContaining({ name: 'db' })] }),
    ])
    const documented = await api('GET', 'api_docs/db', undefined, own)
    expect(Object.keys(documented.body.paths)).toEqual(['/_table/{table_name}', '/_table/{table_name}/{id}'])
    expect(await get('api_docs?as_list=true')).toEqual([200, ['db']])

    // Changed: in effect with the next call, and the password that nobody can read stays what it was.
    const counted = await api('GET', 'db/_table/customers', undefined, own)
    expect(counted.headers.get('x-ratelimit-limit')).toBe('1000')
    const changes = { label: 'Customers', config: { password: '**********', max_records: 1 } }
    expect((await api('PATCH', `system/service/${service.id}`, changes, admin)).status).toBe(200)
    expect(await get('db/_table/customers')).toEqual([200, hers.slice(0, 1)])

    // What is kept, is kept: a row that another program takes away is still told of.
    await shop.run('delete from customers where id = 2')
    expect(await get('db/_table/customers')).toEqual([200, hers.slice(0, 1)])
    expect((await api('DELETE', 'system/cache/db', undefined, admin)).body).toEqual({ success: true })
    expect(await get('db/_table/customers')).toEqual([200, hers.slice(1)])

    // Switched off.
    expect((await api('PATCH', `system/service/${service.id}`, { is_active: false }, admin)).status).toBe(200)
    expect(await get('db/_table/customers')).toEqual([403, 'Service db is deactivated.'])
    expect(await get('db/_table/customers', admin as never)).toEqual([403, 'Service db is deactivated.'])
    expect((await get('', own))[1]).toMatchObject({ services: [] })
    expect((await api('PATCH', `system/service/${service.id}`, { is_active: true }, admin)).status).toBe(200)
    expect(await get('db/_table/customers')).toEqual([200, hers.slice(1)])

    // Ended, and with it what belonged to it.
    expect((await api('DELETE', `system/service/${service.id}`, undefined, admin)).status).toBe(200)
    expect(await get('db/_table/customers', admin as never)).toEqual([404, 'Could not find a service for db'])
    // The role has no right to it any more, and whoever has none is not told what there is.
    expect((await get('db/_table/customers'))[0]).toBe(403)
    const rows = await get(`system/role/${role.id}?related=role_service_access_by_role_id`, admin as never)
    expect((rows[1] as any).role_service_access_by_role_id).toEqual([])
    expect(await get('system/limit', admin as never)).toEqual([200, []])
    expect(await get('system/limit_cache', admin as never)).toEqual([200, []])
    expect((await get('system/lookup', admin as never))[1]).toMatchObject([{ name: 'stays' }])
    expect(await get('api_docs?as_list=true')).toEqual([200, []])

    // One of the same name begins anew: nobody has a right to it, and nothing of the other is kept.
    const again = await create('service', { name: 'db', type: 'mysql', is_active: true, config: shop.config })
    expect(again.id).not.toBe(service.id)
    expect((await get('db/_table/customers'))[0]).toBe(403)
    expect((await get('db/_table/customers', admin as never))[1]).toHaveLength(2)
  },
)
