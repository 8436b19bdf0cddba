import { expect, it } from 'vitest'
import { optionTable } from '../docs/options.ts'

const rowsOf = (schema: Parameters<typeof optionTable>[0]): readonly string[] =>
  optionTable(schema).split('\n').slice(2)

it('says type, range, default and whether an option is required', () => {
  expect(
    rowsOf({
      properties: {
        port: { type: 'integer', minimum: 1, maximum: 65535, default: 5432, description: 'Where it listens.' },
        database: { type: 'string', description: 'Its name.' },
        mode: { enum: ['a', 'b'], default: 'a', description: 'How | why.' },
        limit: { type: 'integer', exclusiveMinimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'How many.' },
      },
      required: ['database'],
    }),
  ).toEqual([
    '| `port` | integer, 1–65535 | `5432` | Where it listens. |',
    '| `database` | text | **required** | Its name. |',
    '| `mode` | `a`, `b` | `a` | How \\| why. |',
    '| `limit` | integer, at least 1 | – | How many. |',
  ])
})

it('marks secrets', () => {
  expect(
    rowsOf({ properties: { password: { type: 'string', writeOnly: true, description: 'The password.' } } }),
  ).toEqual(['| `password` | text | – | The password. *Secret.* |'])
})

it('names nested options by their path, through objects, lists and maps', () => {
  const leaf = { properties: { x: { type: 'string', description: 'X.' } } }
  const schema = {
    properties: { server: leaf, rules: { type: 'array', items: leaf }, services: { additionalProperties: leaf } },
  }
  expect(rowsOf(schema).map((row) => row.split(' | ')[0])).toEqual([
    '| `server.x`',
    '| `rules[].x`',
    '| `services.{name}.x`',
  ])
})
