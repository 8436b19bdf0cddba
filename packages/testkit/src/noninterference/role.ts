/** Roles at random, and what they hide, worked out without the code that is tested. */
import type { RowCondition, RowFilter } from '@gw/core'
import type { AccessSpec, RoleSpec } from '../governance.ts'
import type { Random } from './random.ts'
import { GHOST, nameOf, type Row, TEXTS, type World, type WorldTable } from './world.ts'

export interface WorldRole {
  readonly spec: RoleSpec
  /** By table. */
  readonly filters: Readonly<Record<string, readonly RowFilter[]>>
  /** Native names of what is denied, by table. */
  readonly denied: Readonly<Record<string, readonly string[]>>
  /** Tables whose records the role can not reach at all. */
  readonly closed: ReadonlySet<string>
}

const LOOKUPS: Readonly<Record<string, unknown>> = { team: 2, tree: 'elm', none: null }

const number = (random: Random): unknown => random.pick([0, 1, 2, 3, '1', '{team}', '{user.id}', '{missing}', '{none}'])
const word = (random: Random): unknown => random.pick([...TEXTS, '{tree}', "'fir'"])

const conditionOn = (random: Random, name: string, kind: 'number' | 'text' | 'boolean'): RowCondition => {
  if (kind === 'boolean') return { name, operator: random.pick(['=', '!=']), value: random.one(2) }
  if (random.one(6))
    return { name, operator: random.pick(['is null', 'IS NOT NULL', 'does exist', 'does not exist']) } as RowCondition
  const one = () => (kind === 'number' ? number(random) : word(random))
  if (random.one(4)) {
    const value = random.one(2) ? [one(), one()] : `${kind === 'number' ? '1,2' : 'ash,fir,elm'}`
    return { name, operator: random.pick(['in', 'NOT IN']), value }
  }
  if (kind === 'text' && random.one(2))
    return {
      name,
      operator: random.pick(['starts with', 'ends with', 'contains', 'like']),
      value: random.pick(['e', 'r', 'as', '%i%', 'fir']),
    }
  return { name, operator: random.pick(['=', '!=', '<>', '<', '<=', '>', '>=']), value: one() }
}

const KINDS = { integer: 'number', string: 'text', boolean: 'boolean' } as const

const filterFor = (random: Random, table: WorldTable): RowFilter => {
  const able = table.fields.filter(({ name, type }) => name !== 'id' && Object.hasOwn(KINDS, type))
  const conditions = Array.from({ length: 1 + random.int(2) }, () => {
    const { name, type } = random.pick(able)
    return conditionOn(random, nameOf(table, name), KINDS[type as keyof typeof KINDS])
  })
  return { op: random.pick(['AND', 'OR']), conditions }
}

const VERBS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/** A role: rows on one level or on two, on some tables filters, on some denied fields, some closed. */
export const roleOf = (random: Random, { tables }: World): WorldRole => {
  const common: RowFilter | undefined = random.one(4)
    ? { op: 'AND', conditions: [conditionOn(random, 'n', 'number')] }
    : undefined
  const filters: Record<string, RowFilter[]> = {}
  const denied: Record<string, string[]> = {}
  const closed = new Set<string>()
  const reading = random.one(6)
  const access: AccessSpec[] = [
    { component: '_table', verbs: ['GET'] },
    { component: '_batch' },
    ...(random.one(2) ? [{ component: '_schema*', verbs: ['GET'] } as const] : []),
    ...(random.one(2) ? [{ component: '', verbs: ['GET'] } as const] : []),
    ...(random.one(3) ? [] : [{ component: '_spec', verbs: ['GET'] } as const]),
    ...(common ? [{ component: '_table/*', filter: common, verbs: reading ? (['GET'] as const) : VERBS }] : []),
  ]
  for (const [at, table] of tables.entries()) {
    const { name } = table
    if (at > 0 && random.one(8)) {
      closed.add(name)
      access.push({ component: `_table/${name}`, verbs: [] }, { component: `_schema/${name}`, verbs: [] })
      continue
    }
    const own = random.one(5) ? [] : [filterFor(random, table), ...(random.one(4) ? [filterFor(random, table)] : [])]
    const able = table.fields.map((field) => field.name).filter((field) => field !== 'id' || random.one(4))
    const deny = random.one(3) ? [] : able.filter((field) => random.one(field === 's' ? 2 : 5))
    denied[name] = deny
    filters[name] = common ? [common, ...own] : own
    const named = deny.map((field) => (random.one(2) ? nameOf(table, field) : field))
    const verbs = reading ? (['GET'] as const) : VERBS
    const rule = { component: `_table/${name}*`, verbs, deny: [...named, GHOST] }
    access.push({ ...rule, ...(own[0] && { filter: own[0] }) })
    if (own[1]) access.push({ component: `_table/${name}/*`, verbs, filter: own[1] })
  }
  return { spec: { access, user: { id: 3 }, lookups: LOOKUPS }, filters, denied, closed }
}

const claim = (value: unknown): unknown => {
  if (typeof value !== 'string' || !value.startsWith('{')) return value
  const name = value.slice(1, -1)
  return name === 'user.id' ? 3 : (LOOKUPS[name] ?? undefined)
}
const bare = (value: unknown): unknown => (typeof value === 'string' ? value.replace(/^'(.*)'$/, '$1') : value)

const likeOf = (operator: string, value: string): RegExp => {
  const pattern =
    operator === 'LIKE'
      ? value
      : `${operator === 'STARTS WITH' ? '' : '%'}${value}${operator === 'ENDS WITH' ? '' : '%'}`
  return new RegExp(`^${pattern.replaceAll('%', '.*')}$`)
}

/** As SQL has it: `undefined` where a null makes it unknown, which is not kept. */
const holds = (table: WorldTable, row: Row, { name, operator: written, value }: RowCondition): boolean => {
  const field = table.fields.find((one) => nameOf(table, one.name) === name)!
  const own = row[field.name] as any
  const operator = written.toUpperCase()
  if (/^(IS NULL|DOES NOT EXIST)$/.test(operator)) return own === null
  if (/^(IS NOT NULL|DOES EXIST)$/.test(operator)) return own !== null
  const list = Array.isArray(value) ? value : operator.endsWith('IN') ? String(value).split(',') : [value]
  // Quotes around a text belong to the way it is written; in a list of values they are part of one.
  const claims = list.map((one) => (Array.isArray(value) ? claim(one) : bare(claim(one))))
  if (own === null || claims.some((one) => one === undefined || one === null)) return false
  const as = (one: any): any => (field.type === 'integer' ? Number(one) : one)
  const [first] = claims.map(as)
  switch (operator) {
    case '=':
      return own === first
    case '!=':
    case '<>':
      return own !== first
    case '<':
      return own < first
    case '<=':
      return own <= first
    case '>':
      return own > first
    case '>=':
      return own >= first
    case 'IN':
      return claims.map(as).includes(own)
    case 'NOT IN':
      return !claims.map(as).includes(own)
    default:
      return likeOf(operator, String(first)).test(own)
  }
}

/** Whether the role's filters show a row. */
export const shows = (role: WorldRole, table: WorldTable, row: Row): boolean =>
  !role.closed.has(table.name) &&
  role.filters[table.name]!.every(({ op, conditions }) =>
    op === 'AND' ? conditions.every((one) => holds(table, row, one)) : conditions.some((one) => holds(table, row, one)),
  )
