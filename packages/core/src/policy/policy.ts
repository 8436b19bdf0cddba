/**
 * Policy: a role's access rows → may this call happen, and under which obligations. Pure, compiled once per role
 * object. The matching is the wire contract's (platform part, §5.2): the most specific level that has any row
 * decides, masks are ORed inside it, lower levels are ignored.
 */
import type { Grant, Method, RowFilter } from '../contract.ts'
import type { AccessRow, Role } from '../governance.ts'
import { coversTemplate, normalizeComponent } from './component.ts'

/** The wire contract's bits (§5.1). */
export const VERB_BIT: Readonly<Record<Method, number>> = { GET: 1, POST: 2, PUT: 4, PATCH: 8, DELETE: 16 }
export const REQUESTOR_BIT = { api: 1, script: 2 } as const
export type Requestor = keyof typeof REQUESTOR_BIT

/** A permission without obligations. */
export const FULL_GRANT: Grant = Object.freeze({ filters: Object.freeze([]), deny: Object.freeze([]) })

export interface Policy {
  /** The grant for one call, or `undefined`: no. The same rows always give the same object. */
  authorize(service: string, component: string, method: Method, requestor: Requestor): Grant | undefined
  /** Whether a list of names may be read: any right to read will do, where no row is about the list itself. */
  lists(service: string, component: string, requestor: Requestor): boolean
  /** The verbs that rows allow on a component; placeholders (`_table/{table_name}`) ask "on any". */
  mask(service: string, component: string, requestor: Requestor): number
  /** Whether any row allows anything on a service: what listings show. */
  touches(service: string, requestor: Requestor): boolean
}

interface CompiledRow extends AccessRow {
  readonly index: number
  readonly stored: string
  /** The text before the first `*`; `undefined` where there is none. */
  readonly prefix: string | undefined
}

const compileRow = (row: AccessRow, index: number): CompiledRow => {
  const stored = normalizeComponent(row.component)
  const star = stored.indexOf('*')
  const service = row.service === null ? null : row.service.toLowerCase()
  return { ...row, service, index, stored, prefix: star < 0 ? undefined : stored.slice(0, star) }
}

/** The rows that one kind of requestor has on one service, sorted by the levels that decide. */
interface Levels {
  /** By component, as stored. */
  readonly exact: ReadonlyMap<string, readonly CompiledRow[]>
  readonly wildcard: readonly CompiledRow[]
  /** On every service: for any component, and for a service's root. */
  readonly anywhere: readonly CompiledRow[]
  readonly anyRoot: readonly CompiledRow[]
}

const levelsOf = (own: readonly CompiledRow[], all: readonly CompiledRow[]): Levels => ({
  exact: Map.groupBy(own, ({ stored }) => stored),
  wildcard: own.filter(({ prefix }) => prefix !== undefined),
  anywhere: all.filter(({ stored }) => stored === '*'),
  anyRoot: all.filter(({ stored }) => stored === '*' || stored === ''),
})

/** The rows that pass; where all do, as they mostly do, the list itself. */
const those = (rows: readonly CompiledRow[], passes: (row: CompiledRow) => boolean): readonly CompiledRow[] =>
  rows.every(passes) ? rows : rows.filter(passes)

/** Whether the component with a slash behind it begins with the prefix. */
const reaches = (prefix: string, component: string): boolean =>
  component.startsWith(prefix) || (prefix.length === component.length + 1 && prefix === `${component}/`)

/** The rows of the deciding level for a concrete component. */
const decidingRows = ({ exact, wildcard, anywhere, anyRoot }: Levels, component: string): readonly CompiledRow[] => {
  const own = exact.get(component)
  if (own) return own
  if (component === '') return exact.get('*') ?? anyRoot
  const reaching = those(wildcard, ({ prefix }) => reaches(prefix!, component))
  return reaching.length > 0 ? reaching : anywhere
}

const templateRows = (own: readonly CompiledRow[], all: readonly CompiledRow[], template: string): CompiledRow[] => {
  const rows = own.filter((row) => row.stored === '*' || coversTemplate(row.stored, template))
  return rows.length > 0 ? rows : all.filter((row) => row.stored === '*')
}

/** Compiles a role's rows. An inactive role, or one without rows, allows nothing. */
export const compilePolicy = (role: Role): Policy => {
  const rows = role.active ? role.access.map(compileRow) : []
  /** By the rows' places. */
  const grants = new Map<number | string, Grant>()

  const heardBy = (requestor: Requestor) => {
    const heard = rows.filter(({ requestorMask }) => (requestorMask & REQUESTOR_BIT[requestor]) !== 0)
    const all = heard.filter(({ service }) => service === null)
    const byService = Map.groupBy(heard, ({ service }) => service)
    byService.delete(null)
    const levels = new Map([...byService].map(([service, own]) => [service, levelsOf(own, all)]))
    const none = levelsOf([], all)
    return {
      rows: (service: string) => ({ own: byService.get(service.toLowerCase()) ?? [], all }),
      levels: (service: string) => levels.get(service.toLowerCase()) ?? none,
    }
  }
  const heard = { api: heardBy('api'), script: heardBy('script') }

  /** For docs: a path with placeholders asks "on any". What a client sends is never one, whatever letters are in it. */
  const shown = (service: string, component: string, requestor: Requestor): readonly CompiledRow[] => {
    const normal = normalizeComponent(component)
    if (!normal.includes('{')) return decidingRows(heard[requestor].levels(service), normal)
    const { own, all } = heard[requestor].rows(service)
    return templateRows(own, all, normal)
  }

  return {
    authorize(service, component, method, requestor) {
      const bit = VERB_BIT[method]
      const deciding = decidingRows(heard[requestor].levels(service), normalizeComponent(component))
      const granting = those(deciding, (row) => (row.verbMask & bit) !== 0)
      if (granting.length === 0) return undefined
      const key = granting.length === 1 ? granting[0]!.index : granting.map((row) => row.index).join(',')
      let grant = grants.get(key)
      if (!grant) {
        grant = grantOf(granting)
        grants.set(key, grant)
      }
      return grant
    },
    lists(service, component, requestor) {
      if (heard[requestor].levels(service).exact.has(normalizeComponent(component))) return false
      return heard[requestor].rows(service).own.some(({ verbMask }) => (verbMask & VERB_BIT.GET) !== 0)
    },
    mask: (service, component, requestor) =>
      shown(service, component, requestor).reduce((mask, row) => mask | row.verbMask, 0),
    touches(service, requestor) {
      const { own, all } = heard[requestor].rows(service)
      return [...own, ...all].some(({ verbMask }) => verbMask !== 0)
    },
  }
}

/** All granting rows' obligations together: never wider than any one of them. */
const grantOf = (granting: readonly AccessRow[]): Grant => {
  const filters = granting.flatMap((row) => (row.filter ? [row.filter] : []))
  const deny = [...new Set(granting.flatMap((row) => row.deny ?? []).map((name) => name.toLowerCase()))]
  return filters.length === 0 && deny.length === 0 ? FULL_GRANT : Object.freeze({ filters, deny })
}

const joined = new WeakMap<Grant, WeakMap<Grant, Grant>>()

/** Both grants' obligations: for a call that was checked under two spellings. Stable for the same two objects. */
export const joinGrants = (first: Grant, second: Grant): Grant => {
  if (first === second || second === FULL_GRANT) return first
  if (first === FULL_GRANT) return second
  let partners = joined.get(first)
  if (!partners) {
    partners = new WeakMap()
    joined.set(first, partners)
  }
  let grant = partners.get(second)
  if (!grant) {
    const filters: readonly RowFilter[] = [...new Set([...first.filters, ...second.filters])]
    grant = Object.freeze({ filters, deny: [...new Set([...first.deny, ...second.deny])] })
    partners.set(second, grant)
  }
  return grant
}
