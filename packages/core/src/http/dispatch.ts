/**
 * The request path: match → authenticate → authorize → limit → validate → call → reply. Nothing here reads a store,
 * parses a schema or builds an app; matching never answers (`target.ts`).
 */

import { GwError, METHODS, type Method, type Reply } from '../contract.ts'
import {
  asksForCookie,
  bodyCredentials,
  readCredentials,
  tokenInCookie,
  tunnelledMethod,
  withoutMethod,
} from '../edge/index.ts'
import { parseQuery } from '../formats/index.ts'
import type { Credentials, Identity } from '../governance.ts'
import type { Instance } from '../services/instance.ts'
import { after, mended, type Ready } from '../settle.ts'
import { checkActing } from './acting.ts'
import { bodyOf, hasBody } from './body.ts'
import { clientOf, type KernelContext, originOf } from './context.ts'
import { documentReply } from './documents.ts'
import type { Facts } from './exchange.ts'
import { invoke } from './invoke.ts'
import { listServices, noService } from './listing.ts'
import { type ApiPath, parseApiPath } from './path.ts'
import { rootReply } from './root.ts'
import { specReply } from './spec.ts'
import { takesAnySize } from './takes-bytes.ts'
import { isOpenToEveryone, resolveTarget, takesAnyCredentials } from './target.ts'

const asMethod = (method: string): Method => {
  const known = METHODS.find((one) => one === method)
  if (known) return known
  throw new GwError('invalid_request', `${method} is not a method of this API: use ${METHODS.join(', ')} or HEAD.`)
}

/** Whether the body may hold credentials that the rest of the request lacks. */
const mayHoldCredentials = (facts: Facts, { apiKey, sessionToken, basic }: Credentials): boolean => {
  if (apiKey !== undefined && (sessionToken !== undefined || basic !== undefined)) return false
  const type = facts.incoming.headers.get('content-type')
  // Only formats that can hold an `api_key` field are read before the caller is known, never an upload.
  return !!type && /[/+]json\b|x-www-form-urlencoded/.test(type) && hasBody(facts)
}

const isNone = ({ apiKey, sessionToken, basic, scriptToken }: Credentials): boolean =>
  apiKey === undefined && sessionToken === undefined && basic === undefined && scriptToken === undefined

/** The session of a page of this gateway. */
const cookieOf = (context: KernelContext, { incoming }: Facts): string | undefined =>
  asksForCookie(incoming.headers, () => originOf(context, incoming)) ? tokenInCookie(incoming.headers) : undefined

/** Finds out who calls. Wrong, expired or revoked credentials end here; missing ones only where rights are needed. */
const identify = (context: KernelContext, facts: Facts): Identity | Promise<Identity> => {
  if (facts.identity) return facts.identity
  const credentials = readCredentials(facts.incoming.headers, facts.query)
  const cookie = isNone(credentials) ? cookieOf(context, facts) : undefined
  // What a body holds counts beside headers, and is not looked at where a page has said whose session it is.
  if (cookie !== undefined) return byCookie(context, facts, { sessionToken: cookie, actAs: credentials.actAs })
  // In this order: most requests have nothing that could hold any, and need not be matched to know it.
  if (!mayHoldCredentials(facts, credentials) || takesAnySize(context.slots, facts.api!, facts.method))
    return authenticate(context, facts, credentials)
  return after(bodyOf(facts, context.settings.bodyLimit), (body) => {
    const { apiKey, sessionToken } = bodyCredentials(body, facts.incoming.path)
    return authenticate(context, facts, {
      ...credentials,
      apiKey: credentials.apiKey ?? apiKey,
      sessionToken: credentials.sessionToken ?? sessionToken,
    })
  })
}

/**
 * A browser sends a cookie along whether or not it is still of use: one that is not is none where nobody needs one, so
 * that the page can find out how to sign in.
 */
const byCookie = (context: KernelContext, facts: Facts, credentials: Credentials): Identity | Promise<Identity> =>
  mended(
    () => authenticate(context, facts, credentials),
    (error) => {
      const { actAs } = credentials
      if (actAs !== undefined || !isOpenToEveryone(context.slots, facts.api!, facts.method)) throw error
      return authenticate(context, facts, {})
    },
  )

const authenticate = (context: KernelContext, facts: Facts, credentials: Credentials): Identity | Promise<Identity> => {
  facts.credentials = credentials
  context.governance.guard?.admit(clientOf(context, facts) ?? '')
  // Who guesses passwords is told by where they come from.
  const sent = credentials.basic ? { ...credentials, client: clientOf(context, facts) } : credentials
  return after(context.governance.authenticate(sent), (identity) => admit(context, facts, identity))
}

const admit = (context: KernelContext, facts: Facts, identity: Identity): Identity => {
  facts.identity = identity
  checkActing(facts.credentials, identity)
  const inactive = identity.app?.active === false ? new GwError('forbidden', 'App is not active.') : undefined
  const error = identity.error ?? inactive
  if (error && !takesAnyCredentials(context.slots, facts.api!, facts.method)) throw error
  return identity
}

/** Answers one call below the API prefix. Throws what the caller is to hear. */
export const dispatch = (context: KernelContext, facts: Facts): Reply | Promise<Reply> => {
  const { incoming } = facts
  facts.head = incoming.method === 'HEAD'
  facts.query = parseQuery(incoming.search)
  const real = facts.head ? 'GET' : asMethod(incoming.method)
  facts.method = real
  const api = parseApiPath(incoming.path, context.settings.basePath)
  facts.api = api
  return after(meant(context, facts, real), (method) => {
    facts.method = method
    return after(identify(context, facts), (identity) => reach(context, facts, api, identity))
  })
}

const FORM = 'application/x-www-form-urlencoded'

/**
 * The method that a request means. A form may say it, which is then read before the caller is known: as one that may
 * hold credentials is, and never an upload.
 */
const meant = (context: KernelContext, facts: Facts, real: Method): Method | Promise<Method> => {
  if (real !== 'POST') return real
  const { incoming, query } = facts
  const { headers } = incoming
  const type = headers.get('content-type')
  const isForm = type?.toLowerCase().startsWith(FORM) === true && !takesAnySize(context.slots, facts.api!, real)
  if (!isForm || !hasBody(facts)) return tunnelledMethod(real, headers, query)
  return after(bodyOf(facts, context.settings.bodyLimit), (form) => {
    facts.body = { ...facts.body, value: withoutMethod(form) }
    return tunnelledMethod(real, headers, query, form)
  })
}

/** Goes where the path leads. */
const reach = (context: KernelContext, facts: Facts, api: ApiPath, identity: Identity): Reply | Promise<Reply> => {
  if (api.service === '') {
    if (facts.method !== 'GET') throw noService(facts.method)
    return after(limited(context, facts, '', identity), () =>
      listServices(context, identity, facts.credentials, facts.query),
    )
  }
  if (api.service === 'api_docs') {
    return after(limited(context, facts, api.path, identity), () =>
      documentReply(context, facts, identity, api.segments[0]),
    )
  }
  return after(spelled(context.slots.get(api.service)?.instance, api, facts.method), () =>
    reachService(context, facts, api, identity),
  )
}

/** Where the spellings of components are another process's to know, they are asked for before anything is decided. */
const spelled = (instance: Instance | undefined, api: ApiPath, method: Method): Ready<void> => {
  const { spell } = instance?.service ?? {}
  if (!spell) return undefined
  const { route, params } = instance!.router.match(method, api.segments, api.trailingSlash)
  const component = route?.component?.(params) ?? api.path
  return spell(component === api.path ? [api.path] : [api.path, component])
}

const reachService = (
  context: KernelContext,
  facts: Facts,
  api: ApiPath,
  identity: Identity,
): Reply | Promise<Reply> => {
  const resolved = () => resolveTarget(context.slots.get(api.service), api, facts.method, identity, facts.credentials)
  const found = resolved()
  refuseOverload(context, found.instance)
  const component = context.governance.limit ? (found.instance.service.canonical?.(api.path) ?? api.path) : api.path
  return after(limited(context, facts, component, identity), () => {
    // While the limits were looked up, the service may have been replaced, whose calls are waited for only when they
    // have begun; and others may have come.
    const target = context.slots.get(api.service)?.instance === found.instance ? found : resolved()
    refuseOverload(context, target.instance)
    if (!('builtin' in target)) return invoke(context, facts, target, identity)
    if (target.builtin === 'root') return rootReply(target.instance, identity, facts.query)
    return specReply(context, facts, identity, target)
  })
}

/** So that a source which hangs holds up its own callers, and neither the gateway's memory nor anybody else's. */
export const refuseOverload = ({ settings }: KernelContext, { calls }: Instance): void => {
  if (calls.size < settings.maxCalls) return
  throw new GwError('unavailable', 'The service has more calls under way than it may have. Try again later.', {
    headers: { 'retry-after': String(calls.retryAfter) },
  })
}

export const limited = (
  { governance }: KernelContext,
  facts: Facts,
  component: string,
  identity: Identity,
): Ready<void> => {
  if (!governance.limit) return undefined
  const { api, method } = facts
  return after(governance.limit({ identity, service: api!.service, component, method }), (headers) => {
    if (headers) facts.headers = { ...facts.headers, ...headers }
  })
}
