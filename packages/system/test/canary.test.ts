/** A secret of its own in every place for one, and everything that a gateway says searched for each of them. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test, vi } from 'vitest'
import auditing from '../src/commands/audit.ts'
import exporting from '../src/commands/export.ts'
import { canaries } from './canaries.ts'
import { PACKAGES, PLACES, servicesOfAllTypes } from './canary-services.ts'
import { mailbox } from './mailbox.ts'
import { newFolder, shopIn } from './opened.ts'
import { gwStart, setupCodeOf } from './process.ts'
import { run } from './running.ts'

const SPANS = pathToFileURL(resolve(import.meta.dirname, '../../core/test/fixtures/collected-spans.ts')).href
const TOKEN = 'the token of the metrics, long enough'

/** Everything that was said, and by whom. */
interface Said {
  readonly by: string
  readonly text: string
}

const collecting = async () => {
  const bodies: string[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (part) => (body += part))
    request.on('end', () => {
      bodies.push(body)
      response.end()
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`,
    bodies,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

const PATHS: Readonly<Record<string, string>> = { id: '1', table_name: 'items', field_name: 'name' }
const pathFor = (template: string): string => template.replace(/\{(\w+)\}/g, (_, name) => PATHS[name] ?? 'items')
/** Of a session that is still needed. */
const ENDS_SESSION = /\/(session|password)$/
const SESSION = /\/session(?:\?|$)/
const QUERIES = ['', '?fields=*&include_schema=true', '?filter=nonsense(&order=;&related=*&ids=99999']
const BODIES: readonly (string | undefined)[] = [
  JSON.stringify({ resource: [{ id: 99_999, name: 'walked' }] }),
  '{"resource": [{"config": "**********", "password": 5}]}',
  '{"broken',
]

/** Requests for one operation of a document: good ones and bad ones. */
const requestsFor = (verb: string, template: string): readonly (readonly [string, string, string | undefined])[] => {
  const method = verb.toUpperCase()
  const path = pathFor(template)
  if (method === 'GET') return QUERIES.map((query) => [method, `${path}${query}`, undefined])
  // What there is stays, for those who come after.
  if (method === 'DELETE') {
    const missing = template.replace(/\{\w+\}/g, '99999').replace('/_schema/items', '/_schema/99999')
    return [[method, `${missing}?ids=99999`, undefined]]
  }
  return BODIES.map((body) => [method, path, body])
}

test('A secret that was given to the gateway is in nothing that it says', { timeout: 1_200_000 }, async () => {
  await using collector = await collecting()
  await using box = await mailbox()
  await using gw = await gwStart(
    {
      connectors: PACKAGES,
      egress: { allow: ['127.0.0.1'] },
      metrics: { enabled: true, token: TOKEN },
      telemetry: { traces: true },
      log: { level: 'debug' },
    },
    { NODE_OPTIONS: `--import=${SPANS}`, GW_TEST_COLLECTOR: collector.url },
  )
  const seeded = canaries()
  const said: Said[] = []
  const call = async (method: string, path: string, body: string | undefined, headers: Record<string, string>) => {
    const response = await fetch(`${gw.url}${path}`, {
      method,
      headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body }),
    })
    const text = await response.text()
    // Who asks for a session is told its own token: that is what it is for (platform.md §2.2).
    const own = SESSION.test(path) ? headers['x-dreamfactory-session-token'] : undefined
    const shown = own === undefined ? text : text.replaceAll(own, '')
    said.push({ by: `${method} ${path}`, text: `${JSON.stringify([...response.headers])}\n${shown}` })
    return { status: response.status, text }
  }

  // The people, and the one thing that is meant to be told: who signs in is given a token.
  const root = { email: 'root@gw.test', name: 'Root', password: seeded.make('password of an administrator') }
  await call('POST', '/setup', JSON.stringify({ ...root, code: setupCodeOf(gw) }), {})
  const signIn = async (path: string, who: object) => {
    const { text } = await call('POST', `/api/v2/${path}/session`, JSON.stringify(who), {})
    said.pop()
    return JSON.parse(text).session_token as string
  }
  const admin = { 'x-dreamfactory-session-token': await signIn('system/admin', root) }
  seeded.know('session token of an administrator', admin['x-dreamfactory-session-token'])
  const create = async (resource: string, record: object, related = '') => {
    const { status, text } = await call(
      'POST',
      `/api/v2/system/${resource}?fields=*${related && `&related=${related}`}`,
      JSON.stringify({ resource: [record] }),
      admin,
    )
    expect([resource, record, status], text).toEqual([resource, record, 201])
    return JSON.parse(text).resource[0]
  }
  const lookup = (of: string) => [{ name: 'hidden', value: seeded.make(`private lookup of ${of}`), private: true }]

  const services = await servicesOfAllTypes(newFolder(), seeded)
  for (const service of services) await create('service', service)
  await create('service', { name: 'shop', type: 'sqlite', is_active: true, config: { database: shopIn(gw.folder) } })
  const mail = await create('service', {
    name: 'mail',
    type: 'smtp',
    is_active: true,
    config: { host: '127.0.0.1', port: box.port, from_email: 'gw@gw.test' },
  })
  const [people] = JSON.parse(
    (await call('GET', `/api/v2/system/service?filter=name='user'`, undefined, admin)).text,
  ).resource
  await call(
    'PATCH',
    `/api/v2/system/service/${people.id}`,
    JSON.stringify({ config: { password_email_service_id: mail.id } }),
    admin,
  )
  const access = { service_id: null, component: '*', verb_mask: 31, requestor_mask: 3 }
  const role = await create(
    'role',
    {
      name: 'all',
      is_active: true,
      role_service_access_by_role_id: [access, { ...access, component: '' }],
      lookup_by_role_id: lookup('a role'),
    },
    'role_service_access_by_role_id,lookup_by_role_id',
  )
  const app = await create(
    'app',
    { name: 'web', is_active: true, role_id: role.id, lookup_by_app_id: lookup('an app') },
    'lookup_by_app_id',
  )
  const ann = { email: 'ann@gw.test', name: 'Ann', is_active: true, password: seeded.make('password of a user') }
  await create(
    'user',
    {
      ...ann,
      security_question: 'Which?',
      security_answer: seeded.make('answer to a security question'),
      lookup_by_user_id: lookup('a user'),
      user_to_app_to_role_by_user_id: [{ app_id: app.id, role_id: role.id }],
    },
    'lookup_by_user_id,user_to_app_to_role_by_user_id',
  )
  for (const one of lookup('all')) await create('lookup', one)
  // A key is told to administrators; what follows is a role's, and everything that is no answer.
  const told = said.length
  const asRole = { 'x-dreamfactory-api-key': app.api_key, 'x-dreamfactory-session-token': await signIn('user', ann) }
  seeded.know('session token of a user', asRole['x-dreamfactory-session-token'])

  // What guesses and codes leave behind.
  for (const who of [ann, root])
    await call(
      'POST',
      `/api/v2/user/session`,
      JSON.stringify({ ...who, password: seeded.make(`wrong password for ${who.name}`) }),
      {},
    )
  await call('POST', '/api/v2/user/password?reset=true', JSON.stringify({ email: ann.email }), {})
  seeded.know('a code for a new password', await box.code())
  await call(
    'POST',
    '/api/v2/user/password',
    JSON.stringify({
      email: ann.email,
      security_answer: seeded.make('wrong answer'),
      new_password: seeded.make('new password'),
    }),
    {},
  )

  let walked = 0
  const statuses = new Set<number>()
  const walk = async (headers: Record<string, string>) => {
    const { text } = await call('GET', '/api/v2/api_docs?expand_schema=true', undefined, headers)
    const { paths } = JSON.parse(text) as {
      readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>
    }
    for (const [template, item] of Object.entries(paths))
      for (const verb of Object.keys(item).filter((one) => /^(get|post|put|patch|delete)$/.test(one))) {
        if (verb !== 'get' && ENDS_SESSION.test(template)) continue
        for (const [method, path, body] of requestsFor(verb, template)) {
          const { status } = await call(method, `/api/v2${path}`, body, headers)
          walked += 1
          if (path === '/shop/_table/items') statuses.add(status)
        }
      }
    for (const { name } of [...services, { name: 'shop' }, { name: 'system' }, { name: 'user' }])
      for (const path of [`api_docs/${name}`, `${name}/_spec`, `${name}/_spec?model=true`, name])
        await call('GET', `/api/v2/${path}`, undefined, headers)
  }
  const items = await call('GET', '/api/v2/shop/_table/items', undefined, admin)
  expect(items.status, items.text).toBe(200)
  await vi.waitFor(() => expect(collector.bodies.join('\n')).toContain('"SELECT items"'), { timeout: 60_000 })
  const answers = said.length
  await walk(admin)
  const asAdmin = said.length
  await walk(asRole)
  await call(
    'GET',
    `/api/v2/nowhere?api_key=${app.api_key}&password=${encodeURIComponent(root.password)}`,
    undefined,
    {},
  )
  await call('GET', '/api/v2/shop', undefined, {
    authorization: `Basic ${Buffer.from(`${ann.email}:${ann.password}`).toString('base64')}`,
  })
  await call('GET', '/metrics', undefined, { authorization: `Bearer ${TOKEN}` })
  expect(walked, 'operations that were asked').toBeGreaterThan(300)
  expect(statuses, 'what records were asked for').toContain(200)
  await vi.waitFor(() => expect(collector.bodies.length).toBeGreaterThan(100), { timeout: 60_000 })

  for (const args of [[], ['--format', 'yaml', '--with-passwords']])
    said.push({ by: `gw export ${args.join(' ')}`, text: (await run(exporting, gw.folder, args)).told })
  for (const args of [
    ['--limit', '1000'],
    ['--limit', '1000', '--json'],
  ])
    said.push({ by: `gw audit ${args.join(' ')}`, text: (await run(auditing, gw.folder, args)).told })
  said.push({ by: 'the log', text: gw.log.join('\n') }, { by: 'the spans', text: collector.bodies.join('\n') })
  const leaks = said.flatMap(({ by, text }) => seeded.foundIn(text).map((found) => `${found}: ${by}`))
  expect(seeded.places).toEqual(expect.arrayContaining(PLACES))
  expect(leaks).toEqual([])
  seeded.know('key of an app', app.api_key)
  const others = [...said.slice(told, answers), ...said.slice(asAdmin)]
  expect(others.flatMap(({ by, text }) => seeded.foundIn(text).map((found) => `${found}: ${by}`))).toEqual([])
})

test('A secret is recognized in every form that it may come out in', () => {
  const seeded = canaries()
  const secret = seeded.make('here')
  const forms = [
    secret,
    ...['', 'a', 'ab', 'abc'].map((before) => Buffer.from(`${before}${secret}end`).toString('base64')),
    Buffer.from(`x${secret}`).toString('base64url'),
    Buffer.from(secret).toString('hex'),
    encodeURIComponent(secret),
    JSON.stringify({ text: secret }),
    JSON.stringify({ text: JSON.stringify({ secret }) }),
  ]
  for (const form of forms) expect(seeded.foundIn(`before ${form} after`), form).not.toEqual([])
  expect(seeded.foundIn(secret.slice(0, -1))).toEqual([])
})
