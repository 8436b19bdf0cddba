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

/** The rows of the deciding level for a concrete component. */
const decidingRows = (own: readonly CompiledRow[], all: readonly CompiledRow[], component: string): CompiledRow[] => {
  const exact = own.filter((row) => row.stored === component)
  if (exact.length > 0) return exact
  if (component !== '') {
    const path = `${component}/`
    const wildcard = own.filter((row) => row.prefix !== undefined && path.startsWith(row.prefix))
    if (wildcard.length > 0) return wildcard
  } else {
    const service = own.filter((row) => row.stored === '*')
    if (service.length > 0) return service
  }
  return all.filter((row) => row.stored === '*' || (row.stored === '' && component === ''))
}

const templateRows = (own: readonly CompiledRow[], all: readonly CompiledRow[], template: string): CompiledRow[] => {
  const rows = own.filter((row) => row.stored === '*' || coversTemplate(row.stored, template))
  return rows.length > 0 ? rows : all.filter((row) => row.stored === '*')
}

/** Compiles a role's rows. An inactive role, or one without rows, allows nothing. */
export const compilePolicy = (role: Role): Policy => {
  const rows = role.active ? role.access.map(compileRow) : []
  const byService = new Map<string, readonly CompiledRow[]>()
  for (const row of rows)
    if (row.service !== null) byService.set(row.service, [...(byService.get(row.service) ?? []), row])
  const allServices = rows.filter((row) => row.service === null)
  const grants = new Map<string, Grant>()

  const applying = (
    service: string,
    component: string,
    requestor: Requestor,
    docs: boolean,
  ): readonly CompiledRow[] => {
    const bit = REQUESTOR_BIT[requestor]
    const heard = (row: CompiledRow) => (row.requestorMask & bit) !== 0
    const own = (byService.get(service.toLowerCase()) ?? []).filter(heard)
    const all = allServices.filter(heard)
    const normal = normalizeComponent(component)
    // What a client sends is never a template, whatever letters are in it.
    return docs && normal.includes('{') ? templateRows(own, all, normal) : decidingRows(own, all, normal)
  }

  return {
    authorize(service, component, method, requestor) {
      const bit = VERB_BIT[method]
      const granting = applying(service, component, requestor, false).filter((row) => (row.verbMask & bit) !== 0)
      if (granting.length === 0) return undefined
      const key = granting.map((row) => row.index).join(',')
      let grant = grants.get(key)
      if (!grant) {
        grant = grantOf(granting)
        grants.set(key, grant)
      }
      return grant
    },
    mask: (service, component, requestor) =>
      applying(service, component, requestor, true).reduce((mask, row) => mask | row.verbMask, 0),
    touches(service, requestor) {
      const bit = REQUESTOR_BIT[requestor]
      const own = byService.get(service.toLowerCase()) ?? []
      return [...own, ...allServices].some((row) => (row.requestorMask & bit) !== 0 && row.verbMask !== 0)
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
