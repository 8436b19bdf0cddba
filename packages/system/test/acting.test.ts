import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Opened, opened, shopIn } from './opened.ts'
import { makeUser, messageOf, ROOT, signIn, withKey } from './signing-in.ts'

let gw: Opened
let admin: Record<string, string>
let role: number
let resting: number
let key: string

const as = (id: unknown, headers = admin) => ({ ...headers, 'x-gw-act-as-role': String(id) })

beforeAll(async () => {
  gw = await opened({ sessions: 'real' })
  admin = (await signIn(gw)).headers
  const create = async (resource: string, record: object) => {
    const { status, body } = await gw.ask('POST', `system/${resource}?fields=*`, { resource: [record] }, admin)
    expect([resource, status]).toEqual([resource, 201])
    return body.resource[0]
  }
  const config = { database: shopIn(gw.folder) }
  const shop = await create('service', { name: 'shop', type: 'sqlite', is_active: true, config })
  await create('service', { name: 'other', type: 'sqlite', is_active: true, config })
  const filters = [{ name: 'owner', operator: '=', value: '{user.id}' }]
  const access = [{ service_id: shop.id, component: '_table/items/*', verb_mask: 1, requestor_mask: 1, filters }]
  role = (await create('role', { name: 'customers', is_active: true, role_service_access_by_role_id: access })).id
  resting = (await create('role', { name: 'resting', is_active: false, role_service_access_by_role_id: access })).id
  const all = [{ service_id: null, component: '*', verb_mask: 31, requestor_mask: 3 }]
  const wide = await create('role', { name: 'everything', is_active: true, role_service_access_by_role_id: all })
  key = (await create('app', { name: 'web', is_active: true, role_id: wide.id })).api_key
})
afterAll(() => gw[Symbol.asyncDispose]())

test('an administrator is judged as the role, with its row filters and their own lookups, and as nothing more', async () => {
  expect((await gw.ask('GET', 'shop/_table/items', undefined, admin)).body.resource).toHaveLength(2)
  expect(await gw.ask('GET', 'shop/_table/items', undefined, as(role))).toEqual({
    status: 200,
    body: { resource: [{ id: 1, name: 'lamp', owner: 1 }] },
  })
  expect((await gw.ask('GET', 'shop/_table/items/2', undefined, as(role))).status).toBe(404)
  for (const [method, path, body] of [
    ['POST', 'shop/_table/items', { resource: [{ name: 'x' }] }],
    ['DELETE', 'shop/_table/items/1'],
    ['GET', 'other/_table'],
    ['GET', 'system/service'],
    ['POST', 'system/service/_test', { type: 'sqlite', config: {} }],
    ['GET', 'system/role'],
    ['PATCH', `system/role/${role}`, { name: 'mine' }],
    ['GET', 'api_docs/other'],
  ] as const)
    expect([path, (await gw.ask(method, path, body, as(role))).status]).toEqual([path, 403])
  const listed = (await gw.ask('GET', '', undefined, as(role))).body
  expect((listed.services ?? listed.resource).map(({ name }: { name: string }) => name)).toEqual(['shop'])
  expect((await gw.ask('GET', 'system/environment', undefined, as(role))).body.server).toBeUndefined()
  // The next call is the administrator's own again.
  expect((await gw.ask('GET', 'system/service', undefined, admin)).status).toBe(200)
})

test('nobody else may, and there is no acting as a role that is not there or not active', async () => {
  const unknown = [0, -1, 9_999, resting, '', ' ', 'customers', `${role} `, `0${role}`, `${role}.0`, '1e1', '__proto__']
  for (const id of unknown) {
    const answer = await gw.ask('GET', 'shop/_table/items', undefined, as(id))
    // Spaces around a header's value are no part of it.
    const expected = String(id).trim() === String(role) ? 200 : 403
    expect([id, answer.status]).toEqual([id, expected])
  }
  const user = await makeUser(gw, admin, 'mia')
  const others = [
    (await signIn(gw, user, 'user/session')).headers,
    withKey(key),
    { authorization: `Basic ${Buffer.from(`${ROOT.email}:${ROOT.password}`).toString('base64')}` },
    {},
  ]
  for (const headers of others) {
    const answer = await gw.ask('GET', 'shop/_table/items', undefined, as(role, headers))
    expect([answer.status, messageOf(answer)]).toEqual([403, expect.stringContaining('may act as a role')])
  }
  const wrong = await gw.ask(
    'GET',
    'shop/_table/items',
    undefined,
    as(role, { 'x-dreamfactory-session-token': 'x.y.z' }),
  )
  expect(wrong.status).toBe(401)
  // Not on endpoints that are open to everyone, either.
  expect((await gw.ask('GET', 'system/environment', undefined, as(role, {}))).status).toBe(403)
})

test('an administrator with a role of their own may not', async () => {
  const made = await gw.ask(
    'POST',
    'system/admin',
    {
      resource: [
        {
          name: 'Half',
          email: 'half@gw.test',
          password: ROOT.password,
          user_to_app_to_role_by_user_id: [{ app_id: 1, role_id: resting }],
        },
      ],
    },
    admin,
  )
  expect(made.status).toBe(201)
  const { headers } = await signIn(gw, { email: 'half@gw.test', password: ROOT.password })
  expect((await gw.ask('GET', 'shop/_table/items', undefined, as(role, headers))).status).toBe(403)
})

test('what was done as a role stands in the audit trail, and says so', async () => {
  await gw.ask('GET', 'shop/_table/items?filter=name=lamp', undefined, as(role))
  await gw.ask('DELETE', 'shop/_table/items/1', undefined, as(role))
  const entries = async () =>
    (await gw.ask('GET', "system/audit?filter=action='act'&order=id desc", undefined, admin)).body.resource
  await vi.waitFor(
    async () => {
      const found = (await entries()).filter(({ changes }: any) => changes.call.after.startsWith('DELETE shop'))
      expect(found.at(0)).toMatchObject({
        resource: 'role',
        record_id: String(role),
        record_name: 'customers',
        user_name: ROOT.email,
        changes: { call: { after: 'DELETE shop/_table/items/1' }, status: { after: 403 } },
      })
    },
    { timeout: 30_000 },
  )
  const texts = JSON.stringify(await entries())
  expect(texts).toContain('GET shop/_table/items')
  // What a query asks for is nobody's business.
  expect(texts).not.toContain('lamp')
})

test('the API documentation can be read as a role, by administrators alone', async () => {
  const paths = async (query: string, headers = admin, service = 'shop') => {
    const { status, body } = await gw.ask('GET', `api_docs/${service}${query}`, undefined, headers)
    return [
      status,
      Object.keys(body.paths ?? {}),
      Object.values(body.paths ?? {}).flatMap((one: any) => Object.keys(one)),
    ]
  }
  const [, all] = await paths('?expand_schema=true')
  const [status, own, verbs] = await paths(`?role=${role}&expand_schema=true`)
  expect(status).toBe(200)
  expect((own as string[]).length).toBeGreaterThan(0)
  expect((own as string[]).length).toBeLessThan((all as string[]).length)
  expect(new Set(verbs as string[]).has('delete')).toBe(false)
  // As the role itself would see it.
  expect(own).toEqual((await paths('?expand_schema=true', as(role)))[1])
  expect((await paths(`?role=${role}`, admin, 'other'))[0]).toBe(403)
  for (const query of [`?role=${resting}`, '?role=9999', '?role=x'])
    expect([query, (await paths(query))[0]]).toEqual([query, 403])
  for (const headers of [withKey(key), as(role)]) expect((await paths(`?role=${role}`, headers))[0]).toBe(403)
})
