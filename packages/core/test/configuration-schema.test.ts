import { Ajv } from 'ajv'
import { expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import { type Config, defineConfig, env, file, use } from '../src/config.ts'
import { configurationJsonSchema, configurationSchema, configurationWarnings } from '../src/configuration/index.ts'
import { defineServiceType, secret } from '../src/contract.ts'

const weather = defineServiceType({
  contract: 1,
  name: 'weather',
  aliases: ['wx'],
  label: 'Weather',
  description: 'Forecasts.',
  group: 'Remote Service',
  config: z.strictObject({
    url: z.url(),
    days: z.int().min(1).default(3),
    password: z.string().min(1).meta(secret),
    tree: z.lazy(() => Tree).optional(),
  }),
  create: () => ({ endpoints: [] }),
})
interface Node {
  size: number
  children?: Node[] | undefined
}
const Tree: z.ZodType<Node> = z.strictObject({ size: z.number(), children: z.lazy(() => z.array(Tree)).optional() })

const ajv = new Ajv({ strict: false, validateFormats: false })
const check = ajv.compile(configurationJsonSchema([weather]))
const accepts = (config: unknown): boolean => check(config) as boolean
const weatherService = (config: object, type = 'weather') => ({ services: { a: { type, config } } })

test('the JSON Schema accepts what the schema accepts', () => {
  const config = {
    $schema: './.gw/config.schema.json',
    server: { port: 1 },
    connectors: ['./weather'],
    ...weatherService({ url: 'https://a.example', password: 'p', tree: { size: 1, children: [{ size: 2 }] } }),
    roles: { r: { access: [{ service: 'a', component: '*', verbs: ['GET'] }] } },
    apps: { a: { apiKey: 'k', role: 'r' } },
    lookups: { a: 'b', c: { value: 'd', private: true } },
  }
  expect(configurationSchema.safeParse(config).success).toBe(true)
  expect(accepts(config), JSON.stringify(check.errors)).toBe(true)
})

test('it refuses unknown keys, at the top and in a service’s own config', () => {
  expect(accepts({ srever: {} })).toBe(false)
  expect(accepts(weatherService({ url: 'https://a.example', password: 'p', dyas: 1 }))).toBe(false)
})

test('a service’s config follows from its type, under an alias too; a type that is not installed takes any', () => {
  expect(accepts(weatherService({ days: 'x' }))).toBe(false)
  expect(accepts(weatherService({ days: 'x' }, 'wx'))).toBe(false)
  expect(accepts(weatherService({ days: 'x' }, 'other'))).toBe(true)
})

test('references inside a type’s schema still lead somewhere', () => {
  const service = { url: 'https://a.example', password: 'p' }
  expect(accepts(weatherService({ ...service, tree: { size: 1, children: [{ size: false }] } }))).toBe(false)
})

test('a reference may stand for a number, a boolean or a URL, another text may not', () => {
  expect(accepts({ server: { port: '${env:PORT}', docs: '${file:docs}' } })).toBe(true)
  expect(accepts({ server: { port: 'PORT' } })).toBe(false)
  expect(accepts(weatherService({ url: '${env:URL}', days: '${env:DAYS:-1}', password: '${env:P}' }))).toBe(true)
})

test('secrets stay marked as secrets', () => {
  expect(configurationJsonSchema([weather]).definitions.weather.properties.password).toMatchObject(secret)
})

test('every key of gw.config has a title and a description', () => {
  const missing: string[] = []
  const walk = (at: any, path: string): void => {
    for (const [key, child] of Object.entries<any>(at?.properties ?? {})) {
      if (!child.title || !child.description) missing.push(`${path}.${key}`)
      walk(child, `${path}.${key}`)
    }
    for (const child of [at?.items, at?.additionalProperties, ...(at?.anyOf ?? [])]) {
      if (typeof child === 'object') walk(child, path)
    }
  }
  walk(configurationJsonSchema([]), '')
  expect(missing).toEqual([])
})

test('defineConfig and use type what is written, references included', () => {
  const config = defineConfig({
    server: { port: env('PORT', '8080'), docs: true },
    services: {
      a: use(weather, { url: 'https://a.example', days: env('DAYS'), password: file('p') }, { label: 'A' }),
      b: { type: 'pgsql', config: { host: 'x' } },
    },
    apps: { shop: { apiKey: env('GW_API_KEY'), role: 'r' } },
  })
  expect(config.server?.port).toBe('${env:PORT:-8080}')
  expect(config.services?.a).toEqual({
    label: 'A',
    type: weather,
    config: { url: 'https://a.example', days: '${env:DAYS}', password: '${file:p}' },
  })
  expect(configurationSchema.safeParse({ services: config.services }).success).toBe(true)
  // @ts-expect-error: an unknown key does not compile
  defineConfig({ sever: {} })
  // @ts-expect-error: a number is wanted
  use(weather, { url: 'https://a.example', days: 'three', password: 'p' })
  // @ts-expect-error: a required key is missing
  use(weather, { url: 'https://a.example' })
  expectTypeOf<NonNullable<Config['state']>['directory']>().extract<number>().toBeNever()
})

test('short keys, no apps and an open egress are warned of, without the key', () => {
  const warnings = configurationWarnings(
    configurationSchema.parse({ apps: { a: { apiKey: 'hush', role: 'r' } }, egress: { allow: ['0.0.0.0/0'] } }),
  )
  expect(warnings.map(({ path }) => path)).toEqual(['apps.a', 'egress.allow'])
  expect(JSON.stringify(warnings)).not.toContain('hush')
  expect(configurationWarnings(configurationSchema.parse({})).map(({ path }) => path)).toEqual(['apps'])
  // A store has apps of its own.
  expect(configurationWarnings(configurationSchema.parse({}), true)).toEqual([])
  const long = { apps: { a: { apiKey: 'x'.repeat(16), role: 'r' } } }
  expect(configurationWarnings(configurationSchema.parse(long))).toEqual([])
})
