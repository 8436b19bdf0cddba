/** Checks on what a type says of itself and of its configuration. */
import assert from 'node:assert/strict'
import type { Check } from '../check.ts'
import { describeSchema, type JsonSchema, type ServiceContext, validate } from './context.ts'

const SECRET = /^(passwords?|passwd|passphrase|pwd|secrets?|tokens?|keys?|credentials?)$/

/** The words of a field's name: `accessKey`, `access_key` and `ACCESS-KEY` are `access` and `key`. */
export const wordsOf = (name: string): readonly string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)

interface ConfigField {
  readonly path: readonly string[]
  readonly schema: JsonSchema
}

/** All fields of an object schema, nested objects, lists and alternatives included. */
export const fieldsOf = (schema: JsonSchema, path: readonly string[] = [], root = schema): readonly ConfigField[] => {
  if (typeof schema.$ref === 'string' && schema.$ref.startsWith('#/$defs/'))
    return path.length > 8 ? [] : fieldsOf(root.$defs?.[schema.$ref.slice(8)] ?? {}, path, root)
  const nested = [schema.anyOf, schema.oneOf, schema.allOf].flatMap((list) => (list as JsonSchema[] | undefined) ?? [])
  const items = typeof schema.items === 'object' ? [schema.items as JsonSchema] : []
  const own = Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>).flatMap(([name, field]) => [
    { path: [...path, name], schema: field },
    ...fieldsOf(field, [...path, name], root),
  ])
  return [...own, ...[...nested, ...items].flatMap((inner) => fieldsOf(inner, path, root))]
}

const looksSecret = (name: string, schema: JsonSchema): boolean =>
  // A number or a switch with such a name (`max_tokens`, `use_key`) holds no secret.
  !['boolean', 'integer', 'number'].includes(schema.type) && wordsOf(name).some((word) => SECRET.test(word))

/** What stands at a path; of a list, what stands there in each of its items. */
const valuesAt = (value: any, [name, ...rest]: readonly string[]): readonly unknown[] => {
  if (Array.isArray(value)) return value.flatMap((item) => valuesAt(item, name === undefined ? [] : [name, ...rest]))
  return name === undefined ? [value] : valuesAt(value?.[name], rest)
}

/** The values of the schema's `writeOnly` fields within a configuration. */
export const secretsOf = (schema: JsonSchema, config: unknown): readonly string[] =>
  fieldsOf(schema)
    .filter((field) => field.schema.writeOnly === true)
    .flatMap((field) => valuesAt(config, field.path))
    .filter((value): value is string => typeof value === 'string' && value.length >= 4)

export const configurationChecks: readonly Check<ServiceContext>[] = [
  {
    name: 'the type states contract 1, a name, a label, a description and a group',
    run({ type }) {
      assert.equal(type.contract, 1)
      for (const name of [type.name, ...(type.aliases ?? [])])
        assert.match(name, /^[a-z][a-z0-9_]*$/, `'${name}' is not a name: lower-case letters, digits and _ only`)
      for (const text of ['label', 'description', 'group'] as const)
        assert.ok(type[text]?.trim(), `the type has no ${text}`)
      assert.equal(typeof type.create, 'function')
    },
  },
  {
    name: 'the configuration schema is an object schema that describes itself as JSON Schema',
    run({ type }) {
      const described = describeSchema(type.config)
      assert.equal(described.type, 'object')
      assert.doesNotThrow(() => JSON.stringify(described))
    },
  },
  {
    name: 'every configuration field has a title and a description',
    run({ type }) {
      const bare = fieldsOf(describeSchema(type.config)).filter(({ schema }) => !schema.title || !schema.description)
      assert.deepEqual(
        bare.map(({ path }) => path.join('.')),
        [],
        'fields without title or description',
      )
    },
  },
  {
    name: 'every configuration field that looks secret is marked writeOnly',
    run({ type, notSecret = [] }) {
      const open = fieldsOf(describeSchema(type.config))
        .filter(({ path, schema }) => looksSecret(path.at(-1)!, schema) && schema.writeOnly !== true)
        .map(({ path }) => path.join('.'))
        .filter((path) => !notSecret.includes(path))
      assert.deepEqual(open, [], 'fields that look secret and could be read back')
    },
  },
  {
    name: 'a valid configuration passes and has its defaults filled in',
    async run({ type, config }) {
      const valid = await validate(type.config, config)
      assert.ok('value' in valid, `refused: ${JSON.stringify(valid)}`)
      const described = describeSchema(type.config)
      for (const [name, field] of Object.entries((described.properties ?? {}) as Record<string, JsonSchema>))
        if ('default' in field && !(name in config))
          assert.deepEqual(valid.value[name], field.default, `default of ${name}`)
    },
  },
  {
    name: 'an unknown configuration key is reported by name',
    async run({ type, config }) {
      const result = await validate(type.config, { ...config, no_such_option: 1 })
      assert.ok('issues' in result, 'a configuration with an unknown key is accepted')
      assert.match(JSON.stringify(result.issues), /no_such_option/)
    },
  },
  {
    name: 'every invalid configuration is refused without quoting a secret',
    async run({ type, config, invalid, secrets = [] }) {
      assert.ok(invalid.length > 0, 'the suite was given no invalid configuration')
      const known = [...secrets, ...secretsOf(describeSchema(type.config), config)]
      for (const [index, bad] of invalid.entries()) {
        const result = await validate(type.config, bad)
        assert.ok('issues' in result, `invalid[${index}] is accepted`)
        const text = JSON.stringify(result.issues)
        for (const secret of known)
          assert.ok(!text.includes(secret), `the refusal of invalid[${index}] quotes a secret`)
      }
    },
  },
]
