/**
 * The one difference that a gateway cannot hide: the database keeps unique values and references of all rows, and a
 * write that meets one of a hidden row conflicts. Here is its exact extent: which writes can meet one, and what the
 * answer may say then. Any other difference is a leak.
 */
import type { Ask } from '../harness.ts'
import type { Pair } from './compare.ts'
import { shows, type WorldRole } from './role.ts'
import type { Rows, Twins } from './twins.ts'
import { nameOf, upserts, type World, type WorldTable } from './world.ts'

/** Every scalar in a request, as text: in its path, its parameters, and its body. */
const scalarsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(scalarsIn)
  return String(value).split(/[^\w.]+/)
}

const oneSided = (left: ReadonlySet<unknown>, right: ReadonlySet<unknown>): ReadonlySet<unknown> =>
  new Set([...left, ...right].filter((one) => left.has(one) !== right.has(one)))

/** What of a row the role is not told: all of it, or its denied fields. */
const isUntold = (role: WorldRole, table: WorldTable, row: Readonly<Record<string, unknown>>, field: string): boolean =>
  !shows(role, table, row) || role.denied[table.name]!.includes(field)

const untoldValues = (role: WorldRole, table: WorldTable, rows: Rows, field: string): ReadonlySet<unknown> =>
  new Set(
    rows[table.name]!.filter((row) => row[field] !== null && isUntold(role, table, row, field)).map(
      (row) => row[field],
    ),
  )

/** Values of keys and uniques, and keys that references may name, which only one of the databases holds unseen. */
const takenIn = (world: World, role: WorldRole, { left, right }: Twins): ReadonlySet<string> =>
  new Set(
    world.tables.flatMap((table) =>
      table.fields
        .filter(({ name, unique }) => unique || name === 'id')
        .flatMap(({ name }) =>
          [...oneSided(untoldValues(role, table, left, name), untoldValues(role, table, right, name))].map(String),
        ),
    ),
  )

/** Whether records of a table are referred to, unseen, in only one of the databases. */
const isHeld = (world: World, role: WorldRole, { left, right }: Twins, target: string): boolean =>
  world.tables.some((table) =>
    table.fields.some(
      ({ name, references }) =>
        references?.[0] === target &&
        oneSided(untoldValues(role, table, left, name), untoldValues(role, table, right, name)).size > 0,
    ),
  )

const CONFLICT = /already exists|does not hold|conflicts with another/

/** All that a conflict may say: names, and no value. */
const SAID = new RegExp(
  `(?:^|[:.] )(?:${[
    'A record with the same (?:"\\w+"(?:, "\\w+")*|unique value) already exists(?: in "\\w+")?\\.',
    'The reference in "\\w+"(?: of "\\w+")? does not hold: the other record is missing, or is still referred to\\.',
    'A reference does not hold: the record referred to is missing, or this record is still referred to\\.',
  ].join('|')})$`,
)

const messagesIn = (text: string): readonly string[] =>
  [...text.matchAll(/"message":("(?:[^"\\]|\\.)*")/g)].map(([, message]) => JSON.parse(message!) as string)

/** The calls that a request is made of. */
const stepsOf = (ask: Ask): readonly any[] => (ask.path === '_batch' ? (ask.body as any).steps : [ask])

const deleting = (ask: Ask): readonly string[] =>
  stepsOf(ask)
    .filter(({ method, query }) => method === 'DELETE' || query?.allow_related_delete)
    .map(({ path }) => path.split('/')[1])

/** Names of fields that the role is denied, quoted as errors quote them; those that it has elsewhere say nothing. */
const secretNames = (world: World, role: WorldRole): readonly string[] => {
  const told = new Set(
    world.tables.flatMap((table) =>
      role.closed.has(table.name)
        ? []
        : table.fields
            .filter(({ name }) => !role.denied[table.name]!.includes(name))
            .map(({ name }) => nameOf(table, name)),
    ),
  )
  const all = world.tables.flatMap((table) => table.fields.map(({ name }) => nameOf(table, name)))
  return [...all.filter((name) => !told.has(name)), ...role.closed].map((name) => JSON.stringify(name))
}

/**
 * Creating by PUT or PATCH: a key that a hidden row has is answered as one that is not there. Where all records of a
 * call that goes on fail, it is told by the first failure, which may be the refusal to create.
 */
const isRefusedUpsert = (ask: Ask, texts: readonly string[], taken: ReadonlySet<string>): boolean =>
  stepsOf(ask).some(({ method }) => method === 'PUT' || method === 'PATCH') &&
  texts.some((text) =>
    [...text.matchAll(/Record with identifier '(\w+)' not found/g)].some(
      ([, key]) => taken.has(key!) || ask.query?.continue === true,
    ),
  )

/**
 * Where all records of a call that goes on fail, only the first failure is told, and a conflict of a later record is
 * told by that alone: the other answer has the same failure for its first record, and others that were stored.
 */
const isCutShort = (ask: Ask, pair: Pair): boolean =>
  ask.query?.continue === true &&
  [
    [pair.left, pair.right],
    [pair.right, pair.left],
  ].some(([part, whole]) => {
    const { error: failed, resource } = part!.body?.error?.context ?? {}
    const [first] = Array.isArray(failed) && Array.isArray(resource) ? failed : []
    return first !== undefined && resource[first].message === whole!.body?.error?.message
  })

/**
 * Whether a difference is a conflict with what the role does not see, told as it may be.
 * @returns `undefined` where it is; otherwise why it is a leak
 */
export const leakIn = (world: World, role: WorldRole, rows: Twins, ask: Ask, pair: Pair): string | undefined => {
  const { left, right } = pair
  if ((ask.method ?? 'GET') === 'GET') return 'a request that only reads'
  const taken = takenIn(world, role, rows)
  const body = typeof ask.body === 'string' ? ask.body.split(/[^\w.]+/) : scalarsIn(ask.body)
  const meets = [...scalarsIn(ask.path), ...scalarsIn(ask.query ?? {}), ...body].some((one) => taken.has(one))
  const frees = deleting(ask).some((table) => isHeld(world, role, rows, table))
  if (!meets && !frees) return 'no value of the request meets an unseen one'
  const conflicts = [left, right].filter(({ text }) => CONFLICT.test(text))
  if (conflicts.length === 0 && upserts(world) && isRefusedUpsert(ask, [left.text, right.text], taken)) return undefined
  if (conflicts.length === 0 && isCutShort(ask, pair)) return undefined
  if (conflicts.length === 0) return 'neither answer is a conflict'
  const wordy = conflicts
    .flatMap(({ text }) => messagesIn(text))
    .find((said) => CONFLICT.test(said) && !SAID.test(said))
  if (wordy !== undefined) return `a conflict says more than it may: ${wordy}`
  for (const { text } of conflicts)
    for (const name of secretNames(world, role))
      if (text.includes(name) || text.includes(name.replaceAll('"', '\\"'))) return `the conflict names ${name}`
  return undefined
}
