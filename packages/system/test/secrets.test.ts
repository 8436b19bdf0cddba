import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { defineServiceType, secret } from '@gw/core'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type JsonSchema, masked, opened as openConfig, sealed } from '../src/secrets/config.ts'
import { keyring } from '../src/secrets/keyring.ts'
import { newFolder, opened } from './opened.ts'

const MASK = '**********'
const key = (byte: number) => Buffer.alloc(32, byte)

describe('a key ring', () => {
  test('gives back what it encrypted, and never the same text twice', () => {
    const keys = keyring([key(1)])
    const first = keys.encrypt('swordfish', 'service.config#1')
    expect(first).toMatch(/^gw1\.[0-9a-f]{8}\./)
    expect(keys.encrypt('swordfish', 'service.config#1')).not.toBe(first)
    expect(keys.decrypt(first, 'service.config#1')).toBe('swordfish')
  })

  test('does not read a value that was put into another row', () => {
    const keys = keyring([key(1)])
    expect(() => keys.decrypt(keys.encrypt('swordfish', 'service.config#1'), 'service.config#2')).toThrow(
      'can not be decrypted',
    )
  })

  test('reads values of an older key, and writes with the first one', () => {
    const old = keyring([key(1)]).encrypt('swordfish', 'here')
    const keys = keyring([key(2), key(1)])
    expect(keys.decrypt(old, 'here')).toBe('swordfish')
    expect(keys.isCurrent(old)).toBe(false)
    expect(keys.isCurrent(keys.encrypt('swordfish', 'here'))).toBe(true)
    expect(() => keyring([key(2)]).decrypt(old, 'here')).toThrow('can not be decrypted')
  })
})

const SHAPE = z.object({
  host: z.string().default('localhost'),
  password: z.string().optional().meta(secret),
  headers: z.array(z.object({ name: z.string(), value: z.string().meta(secret) })).default([]),
  nested: z.object({ token: z.string().nullable().meta(secret) }).optional(),
})
const SCHEMA = SHAPE['~standard'].jsonSchema.input({ target: 'draft-2020-12' }) as JsonSchema

describe('the secrets of a configuration', () => {
  const keys = keyring([key(1)])
  const encrypt = (text: string) => keys.encrypt(text, 'here')
  const decrypt = (text: string) => keys.decrypt(text, 'here')
  const config = {
    host: 'db',
    password: 'swordfish',
    headers: [
      { name: 'A', value: 'one' },
      { name: 'B', value: 'two' },
    ],
    nested: { token: 'three' },
  }

  test('are those that the schema says, wherever they stand', () => {
    const stored = sealed(config, undefined, SCHEMA, encrypt)
    expect(JSON.stringify(stored)).not.toMatch(/swordfish|one|two|three/)
    expect(stored.host).toBe('db')
    expect(openConfig(stored, decrypt)).toEqual(config)
    expect(masked(stored, SCHEMA)).toEqual({
      host: 'db',
      password: MASK,
      headers: [
        { name: 'A', value: MASK },
        { name: 'B', value: MASK },
      ],
      nested: { token: MASK },
    })
  })

  test('are kept where the mask is written back, also in a list whose order has changed, and cleared by null', () => {
    const stored = sealed(config, undefined, SCHEMA, encrypt)
    const again = sealed(
      {
        password: null,
        headers: [
          { name: 'B', value: MASK },
          { name: 'C', value: 'new' },
        ],
        nested: { token: MASK },
      },
      stored,
      SCHEMA,
      encrypt,
    )
    expect(openConfig(again, decrypt)).toEqual({
      password: null,
      headers: [
        { name: 'B', value: 'two' },
        { name: 'C', value: 'new' },
      ],
      nested: { token: 'three' },
    })
  })

  test('are all of it where the type is not known', () => {
    expect(masked({ host: 'db', port: 1, list: ['a'], none: null }, undefined)).toEqual({
      host: MASK,
      port: MASK,
      list: MASK,
      none: null,
    })
  })

  test('stay masked where another type takes the same field for no secret', () => {
    const stored = sealed(config, undefined, SCHEMA, encrypt)
    expect(masked(stored, { properties: { password: { type: 'string' } } })).toMatchObject({
      password: MASK,
      host: 'db',
    })
  })

  test('do not come from another place that the mask was written to', () => {
    const stored = sealed({ password: 'swordfish' }, undefined, SCHEMA, encrypt)
    expect(sealed({ nested: { token: MASK } }, stored, SCHEMA, encrypt)).toEqual({ nested: { token: null } })
  })
})

const started: unknown[] = []
const probe = defineServiceType({
  contract: 1,
  name: 'probe',
  label: 'Probe',
  description: 'Says what it was started with.',
  group: 'Test',
  config: SHAPE,
  create: (config) => ({
    endpoints: [],
    async start() {
      started.push(config)
    },
  }),
})

describe('secrets over the API', () => {
  test('reach the service and nobody else: no list, relation, filter, order, group or file tells them', async () => {
    await using gw = await opened({ types: [probe] })
    const { ask, folder } = gw
    const made = await ask('POST', 'system/service?fields=*', {
      resource: [{ name: 'probe', type: 'probe', is_active: true, config: { password: 'swordfish', host: '{where}' } }],
    })
    expect(made).toMatchObject({
      status: 201,
      body: { resource: [{ config: { password: MASK, host: '{where}', headers: [] } }] },
    })
    expect(started.at(-1)).toMatchObject({ password: 'swordfish', host: '{where}' })
    const [{ id }] = made.body.resource
    await ask('POST', 'system/lookup', { resource: [{ name: 'where', value: 'inside', private: true }] })
    await ask('PATCH', `system/service/${id}`, { config: { password: MASK, host: '{where}' } })
    expect(started.at(-1)).toMatchObject({ password: 'swordfish', host: 'inside' })
    // One that is not mentioned stays as it is, too.
    await ask('PATCH', `system/service/${id}`, { config: { host: 'elsewhere' } })
    expect(started.at(-1)).toMatchObject({ password: 'swordfish', host: 'elsewhere' })

    const told = [
      await ask('GET', 'system/service'),
      await ask('GET', `system/service/${id}?fields=config`),
      await ask('GET', 'system/service?include_schema=true&include_count=true'),
      await ask('GET', 'system/lookup?fields=*'),
      await ask('PATCH', `system/service/${id}?fields=*`, { label: 'x' }),
      await ask('GET', 'system/app?related=*'),
      await ask('GET', 'api_docs'),
    ]
    for (const { status, body } of told) {
      expect(status).toBe(200)
      expect(JSON.stringify(body)).not.toMatch(/swordfish|inside|gw1\./)
    }
    for (const query of [
      "filter=config like '%25'",
      'order=config',
      'group=config',
      'fields=MIN(config)&group=type',
      "count_only=true&filter=config = 'x'",
    ]) {
      expect(await ask('GET', `system/service?${query}`), query).toMatchObject({ status: 400 })
    }
    for (const query of ["filter=value = 'inside'", 'order=value', 'group=value']) {
      expect(await ask('GET', `system/lookup?${query}`), query).toMatchObject({ status: 400 })
    }
    const store =
      readFileSync(join(folder, '.gw/system.db'), 'latin1') + readFileSync(join(folder, '.gw/system.db-wal'), 'latin1')
    expect(store).toContain('probe')
    expect(store).not.toMatch(/swordfish|inside/)
    expect(statSync(join(folder, '.gw/system.db')).mode & 0o777).toBe(0o600)
    expect(statSync(join(folder, '.gw/system.key')).mode & 0o777).toBe(0o600)
  })

  test('stay as they are, and masked, while the connector is missing', async () => {
    const folder = newFolder()
    {
      await using gw = await opened({ types: [probe], folder, keep: true })
      await gw.ask('POST', 'system/service', {
        resource: [{ name: 'probe', type: 'probe', is_active: true, config: { host: 'db', password: 'swordfish' } }],
      })
    }
    {
      await using gw = await opened({ folder, keep: true })
      const [row] = (await gw.ask('GET', "system/service?filter=name = 'probe'")).body.resource
      expect(row.config).toEqual({ service_id: row.id, host: MASK, password: MASK })
      expect(await gw.ask('PATCH', `system/service/${row.id}`, { config: { host: 'x' } })).toMatchObject({
        status: 400,
      })
      expect(await gw.ask('PATCH', `system/service/${row.id}`, { label: 'Still here' })).toMatchObject({ status: 200 })
      expect(await gw.ask('GET', 'probe/x')).toMatchObject({ status: 503 })
    }
    await using gw = await opened({ types: [probe], folder })
    expect(started.at(-1)).toMatchObject({ host: 'db', password: 'swordfish' })
    expect((await gw.ask('GET', "system/service?filter=label = 'Still here'")).body.resource).toHaveLength(1)
  })
})

describe('an API key', () => {
  test('is told to administrators, masked to others, and found by nobody through a filter', async () => {
    await using gw = await opened({
      config: {
        roles: { apps: { access: [{ service: 'system', component: 'app/*', verbs: 31 }] } },
        apps: { outer: { apiKey: 'outer-key-that-is-long-enough', role: 'apps' } },
      },
    })
    const { ask } = gw
    const outer = { 'x-dreamfactory-api-key': 'outer-key-that-is-long-enough' }
    const made = await ask('POST', 'system/app?fields=api_key', { resource: [{ name: 'web', is_active: true }] })
    const [{ api_key: apiKey }] = made.body.resource
    const [row] = (await ask('GET', 'system/app')).body.resource
    expect(row).toMatchObject({ name: 'web', api_key: apiKey })
    expect((await ask('GET', 'system/app', undefined, outer)).body.resource[0].api_key).toBe(MASK)
    expect((await ask('PATCH', `system/app/${row.id}`, { api_key: MASK }, outer)).status).toBe(403)
    expect((await ask('PATCH', `system/app/${row.id}`, { api_key: MASK })).status).toBe(200)
    expect((await ask('GET', `system/app/${row.id}`)).body.api_key).toBe(apiKey)
    expect(await ask('GET', `system/app?filter=api_key = '${apiKey}'`)).toMatchObject({ status: 400 })

    const fresh = await ask('PATCH', `system/app/${row.id}?regenerate=true&fields=api_key`)
    expect(fresh.body.api_key).toMatch(/^[0-9a-f]{64}$/)
    expect(fresh.body.api_key).not.toBe(apiKey)
    // The old key is worth nothing at once, as if it had never been one.
    expect(await ask('GET', 'system/app', undefined, { 'x-dreamfactory-api-key': apiKey })).toMatchObject({
      status: 400,
    })
    expect(await ask('GET', 'system/app', undefined, { 'x-dreamfactory-api-key': fresh.body.api_key })).toMatchObject({
      body: { error: { message: expect.stringContaining('No session token') } },
    })
    expect(await ask('PATCH', `system/app/${row.id}`, { api_key: 'short' })).toMatchObject({
      status: 400,
      body: { error: { context: { api_key: [expect.any(String)] } } },
    })
    const other = await ask('POST', 'system/app', { resource: [{ name: 'other', api_key: fresh.body.api_key }] })
    expect(other.body.error.context.resource[0]).toMatchObject({ code: 400 })
    expect(JSON.stringify(other.body)).not.toContain('digest')
  })
})
