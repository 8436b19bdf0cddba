/** Small schemas at random: keys, uniques, references (also to the own table), aliases, computed fields, virtual relations. */
import type { StandardField, StandardTable } from '../records/standard.ts'
import type { Random } from './random.ts'

export type Row = Readonly<Record<string, unknown>>

export interface WorldTable extends Omit<StandardTable, 'rows'> {
  /** What the API calls its fields, where that is not their name. */
  readonly aliases: Readonly<Record<string, string>>
  /** A field that is computed: by which function, and of which field. */
  readonly computed?: { readonly name: string; readonly of: string; readonly text: string }
  /** Virtual relations, as `_related` takes them. */
  readonly virtual: readonly Readonly<Record<string, unknown>>[]
}

export interface World {
  readonly seed: number
  /** Those that others refer to come first. */
  readonly tables: readonly WorldTable[]
  /** A field of the first table that only the left database has; every role is denied it. */
  readonly ghost: StandardField | undefined
}

export const GHOST = 'ghost'
/** Keys made by the database start here, above all that the suite writes itself. */
export const GENERATED = 1_000

const text = (name: string, more: Partial<StandardField> = {}): StandardField => ({
  name,
  type: 'string',
  length: 40,
  nullable: true,
  ...more,
})
const int = (name: string, more: Partial<StandardField> = {}): StandardField => ({ name, type: 'integer', ...more })

/** What any table may have beside its key and its references. */
const PLAIN: readonly StandardField[] = [
  text('a'),
  int('b', { nullable: true }),
  { name: 'c', type: 'boolean', default: true },
  { name: 'd', type: 'decimal', nullable: true },
  int('u', { nullable: true, unique: true }),
  text('s'),
]

/** References to the tables before it, and to itself. */
const referencesOf = (random: Random, before: readonly string[], own: string): readonly StandardField[] => {
  const others = before.map((table, at) =>
    int(`r${at}`, { nullable: random.one(2), unique: random.one(6), references: [table, 'id'] }),
  )
  const self = random.one(3) ? [int('up', { nullable: true, references: [own, 'id'] })] : []
  return [...others.filter(() => !random.one(4)), ...self]
}

const tableOf = (random: Random, name: string, before: readonly string[]): WorldTable => {
  const plain = random.some(PLAIN, 3)
  const references = referencesOf(random, before, name)
  const id = int('id', { auto: random.one(2) })
  const fields = [id, int('n', { default: 0 }), ...plain, ...references]
  const has = (field: string) => plain.some((one) => one.name === field)
  const computable = ['a', 's'].filter(has)
  const of = random.pick(computable.length > 0 ? computable : ['n'])
  return {
    name,
    fields,
    primaryKey: ['id'],
    aliases: has('b') && random.one(3) ? { b: 'bee' } : {},
    ...(of !== 'n' && random.one(3) && { computed: { name: 'v', of, text: `CONCAT(UPPER(${of}), '!')` } }),
    virtual:
      before.length > 0 && random.one(3)
        ? [{ type: 'has_many', field: 'n', ref_table: random.pick(before), ref_field: 'n', is_virtual: true }]
        : [],
  }
}

/** The schema that a seed stands for. */
export const worldOf = (random: Random, seed: number): World => {
  const names = ['t0', 't1', 't2'].slice(0, 2 + random.int(2))
  const tables = names.map((name, at) => tableOf(random, name, names.slice(0, at)))
  const ghost = random.one(2)
    ? random.one(2)
      ? text(GHOST)
      : int(GHOST, { nullable: true, references: ['t0', 'id'] })
    : undefined
  return { seed, tables, ghost }
}

/** Whether PUT and PATCH create what they do not find, in this world. */
export const upserts = ({ seed }: World): boolean => seed % 2 === 0

/** What the API calls a field. */
export const nameOf = (table: WorldTable, field: string): string => table.aliases[field] ?? field

/** Every field as the API calls it, the computed one included. */
export const namesOf = (table: WorldTable): readonly string[] => [
  ...table.fields.map(({ name }) => nameOf(table, name)),
  ...(table.computed ? [table.computed.name] : []),
]

export const TEXTS = ['ash', 'birch', 'cedar', 'elm', 'fir'] as const

/** A value for a field that refers to nothing. */
export const valueFor = (random: Random, { type, nullable, unique }: StandardField): unknown => {
  if (nullable && random.one(5)) return null
  switch (type) {
    case 'boolean':
      return random.one(2)
    case 'decimal':
      return random.int(40) / 4
    case 'integer':
      return random.int(unique ? 90 : 5)
    default:
      return random.pick(TEXTS)
  }
}
