/**
 * What the operator publishes: files that anybody may read at `/{service}/{path}`, outside the API (the wire contract's
 * services part, §2.11). The configuration names them and the kernel compares; a connector only says which endpoint reads.
 */
import { GwError, type Reply } from '../contract.ts'
import { FULL_GRANT } from '../policy/policy.ts'
import type { Slot } from '../services/reconcile.ts'
import { after } from '../settle.ts'
import type { KernelContext } from './context.ts'
import { limited, refuseOverload } from './dispatch.ts'
import type { Facts } from './exchange.ts'
import { invoke } from './invoke.ts'
import { parseApiPath } from './path.ts'
import type { Target } from './target.ts'

interface Publishing {
  readonly public_path?: unknown
}

/** Anything but a list of texts publishes nothing. */
const listIn = (config: unknown): readonly string[] => {
  const list = (config as Publishing | null | undefined)?.public_path
  return Array.isArray(list) && list.every((entry) => typeof entry === 'string') ? list : []
}

const NOTHING: readonly string[] = []

/**
 * The list that a service runs with. It does not count while another one is wanted: what was taken back must not stay
 * public because the rest of the new configuration has a mistake.
 */
const publishedBy = ({ definition, instance }: Slot): readonly string[] => {
  if (!definition.active || !instance) return NOTHING
  const [wanted, running] = [definition, instance.definition].map(({ config }) => (config as Publishing).public_path)
  const isWanted = wanted === running || JSON.stringify(wanted) === JSON.stringify(running)
  return isWanted ? listIn(instance.config) : NOTHING
}

/** An entry is a file, or a folder with all that is below it; the root's is what is in no folder. */
const isPublished = (path: string, list: readonly string[]): boolean =>
  list.some((entry) => {
    const named = entry.replace(/\/$/, '')
    return named === '' ? !path.includes('/') : path === named || path.startsWith(`${named}/`)
  })

/** Whether the path is one of a service that publishes anything; what else there is at the root is not known here. */
export const leadsToPublished = ({ slots }: KernelContext, path: string): boolean => {
  const slash = path.indexOf('/', 1)
  const slot = slash < 0 ? undefined : slots.get(path.slice(1, slash).toLowerCase())
  return slot !== undefined && publishedBy(slot).length > 0
}

/** The wire contract's own answer, whether or not there is such a file. */
const denied = (): Response =>
  new Response('Access denied, please contact your system administrator.', {
    status: 403,
    headers: { 'content-type': 'text/html; charset=utf-8', 'x-content-type-options': 'nosniff' },
  })

const targetOf = (slot: Slot | undefined, segments: readonly string[], trailingSlash: boolean): Target | undefined => {
  const instance = slot?.instance
  const match = instance?.router.match('GET', segments, trailingSlash)
  if (!match?.route?.endpoint.published || segments.length === 0) return undefined
  return { slot: slot!, instance: instance!, route: match.route, params: match.params, grant: FULL_GRANT }
}

/**
 * Answers with a published file. Credentials and parameters of the request count for nothing: it is read as nobody in
 * particular, whole or in ranges. Limits, scripts, the log and the audit trail hear of it as of any call.
 */
export const dispatchPublished = (context: KernelContext, facts: Facts): Reply | Promise<Reply> => {
  const { method, path } = facts.incoming
  facts.head = method === 'HEAD'
  const api = parseApiPath(path, '')
  facts.api = api
  if (method !== 'GET' && !facts.head)
    throw new GwError('invalid_request', 'What is published can only be read: use GET or HEAD.', {
      headers: { allow: 'GET, HEAD' },
    })
  const slot = context.slots.get(api.service)
  if (!slot || !isPublished(api.path, publishedBy(slot))) return denied()
  return after(context.governance.authenticate({}), (identity) => {
    if (identity.error) throw identity.error
    facts.identity = identity
    const component = slot.instance?.service.canonical?.(api.path) ?? api.path
    return after(limited(context, facts, component, identity), () => {
      // While the limits were looked up, the service may have been replaced.
      if (!isPublished(api.path, publishedBy(slot))) return denied()
      const target = targetOf(slot, api.segments, api.trailingSlash)
      if (!target) throw new GwError('not_found', `There is no file at '${api.path}'.`)
      refuseOverload(context, target.instance)
      return invoke(context, facts, target, identity)
    })
  })
}
