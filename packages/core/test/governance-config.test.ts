import { describe, expect, test, vi } from 'vitest'
import { ConfigurationError, configurationSchema } from '../src/configuration/index.ts'
import { statusOf } from '../src/contract.ts'
import type { Credentials, Identity } from '../src/governance.ts'
import { createConfigGovernance } from '../src/governance-config/index.ts'
import { createMemoryState } from '../src/state/index.ts'

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
const parse = (config: object) => configurationSchema.parse(config)
const base = {
  services: {
    db: { type: 'sqlite', label: 'Shop', config: { database: '${env:DB}' } },
    files: { type: 'local_file', active: false },
  },
  roles: {
    reader: { access: [{ service: 'DB', component: '_table/*', verbs: ['GET', 'DELETE'] }] },
    writer: {
      access: [
        {
          service: '*',
          component: '*',
          verbs: 31,
          requestors: ['api', 'script'],
          filters: [{ name: 'owner', value: '{app.name}' }],
          filterOp: 'OR',
          denyFields: ['Secret'],
        },
      ],
    },
    sleeping: { active: false, access: [{ service: 'db', component: '*', verbs: 31 }] },
  },
  apps: {
    shop: { apiKey: 'key-shop', role: 'reader' },
    office: { apiKey: 'key-office', role: 'writer' },
    closed: { apiKey: 'key-closed', role: 'reader', active: false },
    night: { apiKey: 'key-night', role: 'sleeping' },
  },
  lookups: { region: 'north', token: { value: 'hush', private: true } },
}
const open = (config: object = base) =>
  createConfigGovernance({
    config: parse(config),
    root: '/nowhere',
    log,
    state: createMemoryState(),
    env: { DB: 'a.db' },
  })
const who = (credentials: Credentials, governance = open()) => governance.authenticate(credentials) as Identity
const problemsOf = (config: object) => {
  try {
    open(config)
  } catch (error) {
    return (error as ConfigurationError).problems
  }
  return []
}

describe('event scripts', () => {
  const scripts = (eventScripts: object) => ({ ...base, eventScripts })
  const script = { type: 'nodejs', content: 'return 1' }

  test('hang on the events that they name, unless they are switched off', () => {
    const links = open(
      scripts({
        'db._table.{table_name}.get.pre_process': script,
        'db._table.orders.post': script,
        'db.get.queued': { ...script, is_active: false },
      }),
    ).interceptors!
    expect(links.map(({ pre, post, after }) => [pre, post, after].map(Boolean))).toEqual([
      [true, false, false],
      [false, false, true],
    ])
    const [first] = links
    expect(first!.matches('db._table.a.get', 'db._table.{table_name}.get', 'db._table.a.get')).toBe(true)
    expect(first!.matches('db._table.a.put', 'db._table.{table_name}.put', 'db._table.a.put')).toBe(false)
  })

  test('stay the same links while they say the same', () => {
    const both = { 'db.get.pre_process': script, 'db.post.pre_process': script }
    const governance = open(scripts(both))
    const [one, other] = governance.interceptors!
    governance.update(parse(scripts({ ...both, 'db.post.pre_process': { ...script, content: 'return 2' } })))
    expect(governance.interceptors![0]).toBe(one)
    expect(governance.interceptors![1]).not.toBe(other)
  })

  test.each(['db', 'db.get.pre_proces', 'db.GET.pre_process', 'db._table.x.fetch', '.get', 'db..get'])(
    'have no name such as %s, which would never run',
    (name) => {
      expect(() => parse(scripts({ [name]: script }))).toThrow(/must end with a verb/)
    },
  )

  test('on a service that there is not are a problem', () => {
    expect(problemsOf(scripts({ 'bd.get.pre_process': script }))).toEqual([
      { path: expect.stringContaining('eventScripts'), message: expect.stringContaining('there is no service "bd"') },
    ])
  })
})

describe('who called before', () => {
  test('is known by the name of the app, and nobody by the name of a user', async () => {
    const governance = open()
    const found = (await governance.identify!({ app: 'shop' }))!
    expect([found.app?.name, found.role?.name, found.error]).toEqual(['shop', 'reader', undefined])
    expect((await governance.identify!({ app: 'closed' }))?.error).toBeDefined()
    for (const standing of [{}, { app: 'none' }, { app: 1 }, { user: 1 }, { app: 'shop', user: 1 }])
      expect(await governance.identify!(standing), JSON.stringify(standing)).toBeUndefined()
  })
})

describe('services', () => {
  test('they are handed on as written, references in them unresolved', async () => {
    expect(await open().services()).toEqual([
      {
        name: 'db',
        type: 'sqlite',
        label: 'Shop',
        active: true,
        config: { database: '${env:DB}' },
        source: 'gw.config',
      },
      { name: 'files', type: 'local_file', active: false, config: {}, source: 'gw.config' },
    ])
  })

  test('references are resolved when asked for, and a missing one is named', async () => {
    expect(await open().resolveSecrets({ database: '${env:DB}' })).toEqual({ database: 'a.db' })
    await expect(open().resolveSecrets({ password: '${env:NOPE}' })).rejects.toThrow(
      'password: ${env:NOPE} cannot be resolved',
    )
  })
})

describe('keys', () => {
  test('a key makes its app and the app’s role', () => {
    const identity = who({ apiKey: 'key-shop' })
    expect(identity).toMatchObject({
      app: { id: 'shop', name: 'shop', active: true },
      role: { name: 'reader' },
      admin: false,
    })
    expect(identity.error).toBeUndefined()
    expect(identity.caller).toMatchObject({
      app: { name: 'shop' },
      role: { name: 'reader' },
      requestor: 'api',
      admin: false,
    })
  })

  test('the same key gives the same objects, call after call', () => {
    const governance = open()
    expect(who({ apiKey: 'key-shop' }, governance)).toBe(who({ apiKey: 'key-shop' }, governance))
  })

  test.each([
    {},
    { apiKey: 'key-shop ' },
    { apiKey: 'KEY-SHOP' },
    { apiKey: '' },
    { apiKey: '__proto__' },
    { apiKey: 'shop' },
  ])('no key, or an unknown one, is nobody: %j', (credentials) => {
    const identity = who(credentials)
    expect(identity.app).toBeUndefined()
    expect(identity.role).toBeUndefined()
    expect(identity.error).toBeUndefined()
    expect(identity.admin).toBe(false)
    expect(identity.caller.admin).toBe(false)
    expect(identity.caller.lookup('token', 'private')).toBeUndefined()
  })

  test('an app that is not active is refused and has no role', () => {
    const identity = who({ apiKey: 'key-closed' })
    expect(identity.role).toBeUndefined()
    expect([identity.error?.message, identity.error && statusOf(identity.error)]).toEqual(['App is not active.', 403])
  })

  test('a role that is not active is handed on as such', () => {
    expect(who({ apiKey: 'key-night' }).role?.active).toBe(false)
  })

  test.each([
    [{ sessionToken: 'x' }, /^Invalid token: /],
    [{ sessionToken: 'x', apiKey: 'key-shop' }, /^Invalid token: /],
    [{ scriptToken: 'x', apiKey: 'key-shop' }, /^Invalid token: /],
    [{ sessionToken: 'x', basic: { username: 'a', password: 'b' } }, /^Invalid token: /],
    [
      { basic: { username: 'a', password: 'b' }, apiKey: 'key-shop' },
      /^Unauthorized\. User credentials did not match\.$/,
    ],
    [{ basic: { username: 'a', password: 'b' }, apiKey: 'key-closed' }, /^Unauthorized\. /],
  ])('a token or a password is wrong, also beside a good key: %j', (credentials, message) => {
    const identity = who(credentials)
    expect(identity.error?.message).toMatch(message)
    expect(identity.error && statusOf(identity.error)).toBe(401)
    expect(identity.role).toBeUndefined()
  })

  test('an inactive app goes before a wrong token, as the wire contract orders them', () => {
    expect(who({ apiKey: 'key-closed', sessionToken: 'x' }).error?.message).toBe('App is not active.')
  })
})

describe('lookups', () => {
  const { caller } = who({ apiKey: 'key-office' })

  test('the built-in ones and the operator’s own are there', () => {
    expect(['app.id', 'app.name', 'role.id', 'role.name', 'region'].map((name) => caller.lookup(name))).toEqual([
      'office',
      'office',
      'writer',
      'writer',
      'north',
    ])
  })

  test('private ones, and the key, are for the private scope alone', () => {
    expect([caller.lookup('token'), caller.lookup('token', 'private')]).toEqual([undefined, 'hush'])
    expect([caller.lookup('app.api_key'), caller.lookup('app.api_key', 'private')]).toEqual([undefined, 'key-office'])
  })

  test('there is no user, and names of object members are no lookups', () => {
    for (const name of ['user.id', 'constructor', '__proto__', 'nope']) {
      expect(caller.lookup(name), name).toBeUndefined()
      expect(caller.lookup(name, 'private'), name).toBeUndefined()
    }
  })
})

describe('roles', () => {
  test('access rows are masks, names in lower case, "*" all services', () => {
    expect(who({ apiKey: 'key-shop' }).role?.access).toEqual([
      { service: 'db', component: '_table/*', verbMask: 17, requestorMask: 1 },
    ])
    expect(who({ apiKey: 'key-office' }).role?.access).toEqual([
      {
        service: null,
        component: '*',
        verbMask: 31,
        requestorMask: 3,
        filter: { op: 'OR', conditions: [{ name: 'owner', operator: '=', value: '{app.name}' }] },
        deny: ['secret'],
      },
    ])
  })

  test('a row without a verb is a denial', () => {
    const config = {
      ...base,
      roles: { ...base.roles, reader: { access: [{ service: 'db', component: '*', verbs: [] }] } },
    }
    expect(who({ apiKey: 'key-shop' }, open(config)).role?.access[0]?.verbMask).toBe(0)
  })

  test('what refers to nothing is an error with its path', () => {
    const problems = problemsOf({
      ...base,
      roles: { ...base.roles, reader: { access: [{ service: 'bd', component: '*', verbs: ['GET'] }] } },
      apps: { ...base.apps, shop: { apiKey: 'key-office', role: 'raeder' } },
    })
    expect(problems.map(({ path, message }) => `${path}: ${message}`)).toEqual([
      'roles.reader.access[0].service: there is no service "bd". Did you mean "db"?',
      'apps.shop.role: there is no role "raeder". Did you mean "reader"?',
      'apps.office.apiKey: is the key of the app "shop" too: each app needs its own',
    ])
    expect(JSON.stringify(problems)).not.toContain('key-office')
  })
})

describe('update', () => {
  test('it tells the kernel, changes what is answered, and leaves unchanged roles the same objects', async () => {
    const governance = open()
    const [reader, writer] = ['key-shop', 'key-office'].map((apiKey) => who({ apiKey }, governance).role)
    const told = vi.fn()
    const unwatch = governance.watch!(told)
    governance.update(
      parse({
        ...base,
        services: { db: base.services.db },
        roles: { ...base.roles, reader: { access: [] } },
        apps: { ...base.apps, shop: { apiKey: 'new', role: 'reader' } },
      }),
    )
    expect(told).toHaveBeenCalledTimes(1)
    expect((await governance.services()).map(({ name }) => name)).toEqual(['db'])
    expect(who({ apiKey: 'key-shop' }, governance).app).toBeUndefined()
    expect(who({ apiKey: 'new' }, governance).role).not.toBe(reader)
    expect(who({ apiKey: 'key-office' }, governance).role).toBe(writer)
    unwatch()
    governance.update(parse(base))
    expect(told).toHaveBeenCalledTimes(1)
  })

  test('a configuration that refers to nothing is refused, and the one before stays', () => {
    const governance = open()
    const before = who({ apiKey: 'key-shop' }, governance)
    expect(() => governance.update(parse({ ...base, roles: {} }))).toThrow(ConfigurationError)
    expect(who({ apiKey: 'key-shop' }, governance)).toBe(before)
  })
})
