/**
 * Hostile text: what tries to leave its place, for every place that takes text.
 *
 * `GW_HOSTILE_CALLS` sets how many calls each corpus makes (400 without it), `GW_HOSTILE_SEED` which ones: the same
 * seed gives the same.
 */
import fc from 'fast-check'

export const CALLS: number = Number(process.env.GW_HOSTILE_CALLS ?? 400)
export const SEED: number = Number(process.env.GW_HOSTILE_SEED ?? 20_261)

/** In every generated text, and in nothing else: a statement that holds it holds what a client sent. */
export const MARK = 'zqx'

// biome-ignore format: one kind of attack a line
const PIECES = [
  `'`, `"`, '`', `''`, `\\'`, `\\`, ';', '; --', '--', '-- ', '#', '/*', '*/', '/**/', '/*!50000',
  ' or 1=1', ' OR (1=1)', `' or 'a'='a`, ') or (1=1', '))', '((', ' union all select 1',
  '; drop table orders', '; truncate orders', ' into outfile ', ' having 1=1', ' limit 1 offset 0', ' for update',
  'pg_sleep(9)', 'sleep(9)', 'randomblob(9)', 'load_extension(1)', '$1', '?', ':a', '@@version', '%00', '\u0000', '\u001a',
  '\u02bc', '\uff07', '\u2019', '\ud800', '\u202e', '\ufeff', '%27', '%', '_', '{user.id}', '{', '}', '[]', '{}', ',', '=', '<>', '(', ')',
  'id', 'active', 'notes', 'email', ' AND ', ' OR ', ' NOT ', ' IN (', ' LIKE ', ' BETWEEN ', ' IS NULL', ' asc', ' desc nulls first',
  'COUNT(*)', 'SUM(id)', 'null', '-1', '99999999999999999999', '1e999', '0x1F', 'true',
]

const text = fc
  .tuple(fc.array(fc.constantFrom(...PIECES), { maxLength: 7 }), fc.array(fc.constantFrom(...PIECES), { maxLength: 3 }))
  .map(([before, after]) => before.join('') + MARK + after.join(''))
const deep = fc
  .tuple(fc.integer({ min: 1, max: 3_000 }), text)
  .map(([depth, inner]) => `${'('.repeat(depth)}${inner}${')'.repeat(depth)}`)

export const hostile: fc.Arbitrary<string> = fc.oneof({ weight: 12, arbitrary: text }, { weight: 1, arbitrary: deep })
/** Lone surrogates have no form in a URL. */
export const pathable: fc.Arbitrary<string> = hostile.map((value) => value.toWellFormed())
/** As a text in a filter: it stands where a value belongs, so that it reaches the database. */
export const quoted: fc.Arbitrary<string> = hostile.map((value) => `'${value.replaceAll("'", "''")}'`)
/** In the place of a value in a JSON body. */
export const anyValue: fc.Arbitrary<unknown> = fc.oneof(
  hostile,
  hostile.map((expression) => ({ expression })),
  hostile.map((inner) => [inner]),
  hostile.map((inner) => ({ [inner]: inner })),
  fc.constantFrom(null, true, 1e308, -0, ''),
)
