import type { RoleConfiguration } from '../configuration/schema.ts'
import { METHODS } from '../contract.ts'
import type { AccessRow, Role } from '../governance.ts'

const REQUESTORS = { api: 1, script: 2 } as const

export interface Roles {
  get(name: string): Role | undefined
  /** Takes over a changed configuration; a role that says the same stays the same object, compiled as it is. */
  update(roles: Readonly<Record<string, RoleConfiguration>>): void
}

export const createRoles = (): Roles => {
  let current = new Map<string, { readonly text: string; readonly role: Role }>()
  return {
    get: (name) => current.get(name)?.role,
    update(roles) {
      current = new Map(
        Object.entries(roles).map(([name, written]) => {
          const text = JSON.stringify(written)
          const before = current.get(name)
          return [name, before?.text === text ? before : { text, role: roleOf(name, written) }]
        }),
      )
    },
  }
}

const roleOf = (name: string, { active, access }: RoleConfiguration): Role => ({
  id: name,
  name,
  active,
  access: access.map(rowOf),
})

const rowOf = (row: RoleConfiguration['access'][number]): AccessRow => ({
  service: row.service === '*' ? null : row.service.toLowerCase(),
  component: row.component,
  verbMask: typeof row.verbs === 'number' ? row.verbs : maskOf(row.verbs),
  requestorMask: row.requestors.reduce((mask, requestor) => mask | REQUESTORS[requestor], 0),
  ...(row.filters.length > 0 && { filter: { op: row.filterOp, conditions: row.filters } }),
  ...(row.denyFields.length > 0 && { deny: row.denyFields.map((field) => field.toLowerCase()) }),
})

/** The methods' places are their bits: GET 1, POST 2, PUT 4, PATCH 8, DELETE 16. */
const maskOf = (verbs: readonly string[]): number =>
  METHODS.reduce((mask, method, bit) => (verbs.includes(method) ? mask | (1 << bit) : mask), 0)
