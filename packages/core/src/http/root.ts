/**
 * `GET /api/v2/{service}` for services that have no root of their own: what there is below it that the caller may
 * use, and what a role can be granted (`as_access_list`; the wire contract's database part, §1.3).
 */
import { METHODS, type Reply, type Resource, rows } from '../contract.ts'
import type { Identity } from '../governance.ts'
import { permits } from '../policy/access.ts'
import type { Instance } from '../services/instance.ts'
import { isTrue } from '../truth.ts'

/** How long a source may take to list its resources, in ms. */
const PATIENCE = 5_000

/** Top-level segments of a service's paths, in the order of its endpoints. */
const branches = (instance: Instance): readonly string[] => {
  const tops = instance.router.routes.map(({ endpoint }) => endpoint.path.split('/')[1] ?? '')
  return [...new Set(tops)].filter((top) => top !== '' && !top.startsWith('{'))
}

/** Every component that an access row may name: `""` the root, `*` everything, `x/` itself, `x/*` what is below. */
export const accessList = (tops: readonly string[], resources: readonly Resource[]): readonly string[] => {
  const below = (component: string) => [`${component}/`, `${component}/*`]
  const rest = resources.filter(({ component }) => !tops.includes(component))
  const of = (top: string) => rest.filter(({ component }) => component.startsWith(`${top}/`))
  const loose = rest.filter(({ component }) => !tops.some((top) => component.startsWith(`${top}/`)))
  const listed = tops.flatMap((top) => [...below(top), ...of(top).flatMap(({ component }) => below(component))])
  return ['', '*', ...listed, ...loose.flatMap(({ component }) => below(component))]
}

/** Answers a call to a service's root. */
export const rootReply = async (
  instance: Instance,
  identity: Identity,
  query: Readonly<Record<string, string | readonly string[]>>,
): Promise<Reply> => {
  const service = instance.definition.name
  const verbsOn = (component: string) => METHODS.filter((method) => permits(identity, service, component, method))
  const may = (component: string) => verbsOn(component).length > 0
  const tops = branches(instance).filter((top) => may(top) || may(`${top}/{any}`))
  if (isTrue(query.as_access_list)) {
    const resources = await instance.resources(AbortSignal.timeout(PATIENCE))
    const visible = resources.filter(({ component }) => may(component) || may(`${component}/{any}`))
    return rows({ items: accessList(tops, visible) })
  }
  const items = tops.map((name) => ({ name, access: verbsOn(name) }))
  return rows({ items, identifier: ['name'], listing: true })
}
