import { GwError } from '@gw/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Filter, type FilterValue, parseFilter, printFilter } from '../src/index.ts'

/** A tree whose operands hold their values, before slots are numbered. */
type Leafy = any

const name = fc.constantFrom('a', 'b', 'full name', 'größe', 'in', 'order', 'x1')
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom(
    "'",
    "''",
    '"',
    ') OR (a=1',
    'x >= y AND z',
    '&&',
    ':p',
    '{user.id}',
    'null',
    '%',
    'NOT',
    "it's",
    "a' ",
  ),
)
const value: fc.Arbitrary<Leafy> = fc.oneof(
  { weight: 5, arbitrary: text.map((one) => ({ kind: 'text', text: one })) },
  fc.constantFrom(':p', ':long_name').map((one) => ({ kind: 'param', name: one })),
  fc.record({
    kind: fc.constant('time'),
    of: fc.constantFrom('timestamp', 'date', 'time'),
    plus: fc.option(
      fc.record({
        amount: fc.integer({ min: -999, max: 999 }).filter((amount) => amount !== 0),
        unit: fc.constantFrom('second', 'minute', 'hour', 'day', 'week', 'month', 'year'),
      }),
      { nil: undefined },
    ),
  }),
)
const textual = value.filter((one) => one.kind !== 'time')
const leaf: fc.Arbitrary<Leafy> = fc.oneof(
  fc.record({ kind: fc.constant('compare'), field: name, op: fc.constantFrom('=', '!=', '<', '<=', '>', '>='), value }),
  fc.record({
    kind: fc.constant('like'),
    field: name,
    match: fc.constantFrom('pattern', 'contains', 'starts', 'ends'),
    insensitive: fc.constant(false),
    value: textual,
  }),
  fc.record({
    kind: fc.constant('like'),
    field: name,
    match: fc.constant('pattern'),
    insensitive: fc.constant(true),
    value: textual,
  }),
  fc.record({ kind: fc.constant('in'), field: name, values: fc.array(value, { maxLength: 4 }) }),
  fc.record({ kind: fc.constant('between'), field: name, low: value, high: value }),
  fc.record({ kind: fc.constant('null'), field: name }),
)
const tree: fc.Arbitrary<Leafy> = fc.letrec<{ tree: Leafy }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    leaf,
    fc.record({
      kind: fc.constantFrom('and', 'or', 'nor', 'xor'),
      items: fc.array(tie('tree'), { minLength: 2, maxLength: 4 }),
    }),
    fc.record({ kind: fc.constant('not'), item: tie('tree') }),
  ),
})).tree

/** Numbers the slots in the order in which a reader meets them. */
const slotted = (leafy: Leafy): { tree: Filter; values: FilterValue[] } => {
  const values: FilterValue[] = []
  const operand = (one: Leafy) => {
    if (one.kind === 'time') return one.plus ? one : { kind: 'time', of: one.of }
    values.push(one)
    return { kind: 'slot', slot: values.length - 1 }
  }
  const walk = (node: Leafy): Leafy => {
    if (node.items) return { ...node, items: node.items.map(walk) }
    if (node.kind === 'not') return { ...node, item: walk(node.item) }
    if (node.values) return { ...node, values: node.values.map(operand) }
    if (node.low) {
      const low = operand(node.low)
      return { ...node, low, high: operand(node.high) }
    }
    return node.value ? { ...node, value: operand(node.value) } : { ...node }
  }
  return { tree: walk(leafy), values }
}

test('a tree that is printed and parsed is the same tree with the same values', () => {
  fc.assert(
    fc.property(tree.map(slotted), ({ tree: original, values }) => {
      const parsed = parseFilter(printFilter(original, values))
      expect(parsed?.tree).toEqual(original)
      expect(parsed?.values).toEqual(values)
    }),
    { numRuns: 2_000 },
  )
})

const word = fc.constantFrom(
  'a', '=', '!=', '<', '>', '(', ')', "'", '"', ',', ' ', 'AND', 'OR', 'NOT', 'NOR', 'XOR', '&&', '||', 'IN', 'LIKE',
  'IS', 'NULL', 'BETWEEN', 'STARTS', 'WITH', ':p', '{user.id}', 'NOW()', 'INTERVAL 1 DAY', '-', '\u0000', '🦊', '%', ';',
) // biome-ignore format: a list

test('whatever is sent, a filter parses or is refused as an invalid request', () => {
  const garbage = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.array(word, { maxLength: 60 }).map((words) => words.join(' ')),
    fc.array(word, { maxLength: 60 }).map((words) => words.join('')),
  )
  let [parsed, refused] = [0, 0]
  fc.assert(
    fc.property(garbage, (sent) => {
      try {
        parseFilter(sent)
        parsed++
      } catch (error) {
        if (!GwError.is(error)) throw error
        expect(error.code).toBe('invalid_request')
        refused++
      }
    }),
    { numRuns: 5_000 },
  )
  expect(parsed).toBeGreaterThan(0)
  expect(refused).toBeGreaterThan(0)
})

test('a bare value survives whatever words stand in it, up to AND or OR', () => {
  const bare = fc
    .array(fc.constantFrom('x', 'IN', 'NOT', 'LIKE', 'null', '>=', '=', 'sand', "o'k", '%', 'IS'), {
      minLength: 1,
      maxLength: 5,
    })
    .map((words) => words.join(' '))
    .filter((one) => one.toLowerCase() !== 'null')
  fc.assert(
    fc.property(bare, (one) => {
      // A value that begins with an operator's sign would extend the operator before it.
      const parsed = parseFilter(`a = ${one} AND b = 1`)!
      expect(parsed.values).toEqual([
        { kind: 'text', text: one },
        { kind: 'text', text: '1' },
      ])
    }),
  )
})

test('reading the longest filters of every kind takes steps in proportion to their length', () => {
  // No clock: a reader that is quadratic in 65,000 characters would not end within the test's own limit.
  const fill = (unit: string) => unit.repeat(Math.floor(65_000 / unit.length))
  const hard = [
    "'",
    '"',
    ' ',
    'a ',
    'NOT ',
    'a NOT ',
    'a IS NOT ',
    'a STARTS ',
    '(',
    ')',
    '=',
    'a=',
    "a=''",
    "'a",
    'a=1 ',
    'a=x (',
    '1,',
    'a IN (',
    ':',
    '{',
    '&&',
    'OR ',
    'a BETWEEN 1 AND ',
    'NOW() ',
    'a > (NOW() ',
    '\u00a0',
    '0',
  ]
  for (const unit of hard) {
    for (const sent of [
      fill(unit),
      `a = ${fill(unit)}`,
      `a = '${fill(unit)}'`,
      `a IN (${fill(unit)})`,
      `a > (${fill(unit)})`,
    ]) {
      try {
        parseFilter(sent.slice(0, 65_536))
      } catch (error) {
        if (!GwError.is(error)) throw error
      }
    }
  }
  expect(hard.length).toBeGreaterThan(20)
})
