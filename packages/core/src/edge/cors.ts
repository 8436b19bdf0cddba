/**
 * Cross-origin permissions (the wire contract §3.10). Own code: Hono's middleware has one rule for an app, answers
 * 204 to every preflight and sends `allow-credentials` to origins it doesn't allow.
 */
import type { CorsRule } from '../configuration/schema.ts'
import { GwError } from '../errors.ts'
import type { HeaderReader } from './credentials.ts'

export interface CorsAnswer {
  /** The whole answer, where the request is a preflight. */
  readonly preflight?: Response
  /** To be sent with the answer, errors included. Append `vary`, so that other reasons to vary survive. */
  readonly headers?: Readonly<Record<string, string>>
}

interface CompiledRule {
  readonly matches: (path: string) => boolean
  readonly origins: ReadonlySet<string>
  readonly anyOrigin: boolean
  readonly methods: ReadonlySet<string>
  readonly anyHeader: boolean
  readonly answer: Readonly<Record<string, string>>
  readonly preflight: Readonly<Record<string, string>>
}

const NOTHING: CorsAnswer = Object.freeze({})
/** Header names (RFC 9110 tokens) and nothing else are sent back where a rule allows any. */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/

const unusable = (rule: CorsRule, reason: string): GwError =>
  new GwError('invalid_request', `The CORS rule for ${rule.path} cannot be used: ${reason}`)

/** `*` stands for any text, slashes included. No regular expression, so that no path can make it slow. */
const globMatcher = (glob: string) => {
  const [first = '', ...rest] = glob.split('*')
  const last = rest.pop()
  if (last === undefined) return (path: string) => path === first
  return (path: string): boolean => {
    if (!path.startsWith(first) || !path.endsWith(last) || path.length < first.length + last.length) return false
    let at = first.length
    for (const part of rest) {
      const found = path.indexOf(part, at)
      if (found < 0) return false
      at = found + part.length
    }
    return at <= path.length - last.length
  }
}

/** Service names match in any case, so paths do here: a second spelling must not reach a wider rule. */
const pathMatcher = (rule: CorsRule): ((path: string) => boolean) => {
  if (!rule.path.startsWith('^')) return globMatcher(rule.path.replace(/^\/+/, '').toLowerCase())
  try {
    const pattern = new RegExp(rule.path, 'i')
    return (path) => pattern.test(path)
  } catch {
    throw unusable(rule, 'its path begins with ^ and is not a regular expression.')
  }
}

const checkOrigins = (rule: CorsRule): void => {
  if (rule.credentials && rule.origins.includes('*')) {
    throw unusable(
      rule,
      'any origin (*) may not send credentials. List the origins that may, or set credentials to false.',
    )
  }
  for (const origin of rule.origins) {
    const exact = URL.canParse(origin) && new URL(origin).origin === origin
    if (origin === '*' || (exact && !origin.includes('*'))) continue
    throw unusable(
      rule,
      `${origin} is not an origin. Write * or scheme, host and port alone, in lower case: https://shop.example.`,
    )
  }
}

const compileRule = (rule: CorsRule): CompiledRule => {
  checkOrigins(rule)
  const credentials = rule.credentials ? { 'access-control-allow-credentials': 'true' } : {}
  const exposed =
    rule.exposedHeaders.length > 0 ? { 'access-control-expose-headers': rule.exposedHeaders.join(', ') } : {}
  const anyHeader = rule.headers.includes('*')
  return {
    matches: pathMatcher(rule),
    origins: new Set(rule.origins),
    anyOrigin: rule.origins.includes('*'),
    methods: new Set(rule.methods),
    anyHeader,
    answer: { ...credentials, ...exposed },
    preflight: {
      ...credentials,
      'access-control-allow-methods': rule.methods.join(', '),
      ...(anyHeader || rule.headers.length === 0 ? {} : { 'access-control-allow-headers': rule.headers.join(', ') }),
      ...(rule.maxAge > 0 ? { 'access-control-max-age': String(rule.maxAge) } : {}),
    },
  }
}

/** The rule's word on an origin. `vary` also goes to origins that aren't allowed, or a cache would mix them up. */
const originHeaders = (
  rule: CompiledRule,
  origin: string | null | undefined,
): { allowed: boolean; headers: Record<string, string> } => {
  if (rule.anyOrigin) return { allowed: true, headers: { 'access-control-allow-origin': '*' } }
  if (!origin || !rule.origins.has(origin)) return { allowed: false, headers: { vary: 'Origin' } }
  return { allowed: true, headers: { 'access-control-allow-origin': origin, vary: 'Origin' } }
}

const refusePreflight = (): Response => {
  const message = 'No CORS rule permits this method here. An operator can add one to `cors` in the configuration.'
  return Response.json({ error: { code: 405, context: null, message, status_code: 405 } }, { status: 405 })
}

const answerPreflight = (
  rule: CompiledRule | undefined,
  headers: HeaderReader,
  origin: string,
  wanted: string,
): Response => {
  const method = wanted.trim().toUpperCase()
  if (!rule?.methods.has(method === 'HEAD' ? 'GET' : method)) return refusePreflight()
  const { allowed, headers: own } = originHeaders(rule, origin)
  const answer = new Headers(own)
  if (!allowed) return new Response(null, { status: 204, headers: answer })
  for (const [name, value] of Object.entries(rule.preflight)) answer.set(name, value)
  const asked = rule.anyHeader ? headers.get('access-control-request-headers') : undefined
  const names = (asked ?? '').split(',').map((name) => name.trim())
  const permitted = names.filter((name) => TOKEN.test(name))
  if (permitted.length > 0) answer.set('access-control-allow-headers', permitted.join(', '))
  if (rule.anyHeader) answer.append('vary', 'Access-Control-Request-Headers')
  return new Response(null, { status: 204, headers: answer })
}

/** Without its leading slash, decoded and in lower case: the form that rules are matched on. */
const ruleForm = (path: string): string => {
  const bare = path.replace(/^\/+/, '')
  if (!bare.includes('%')) return bare.toLowerCase()
  try {
    return decodeURIComponent(bare).toLowerCase()
  } catch {
    return bare.toLowerCase()
  }
}

/**
 * Compiles the rules. The longest matching path wins; without a rule there are no CORS headers, and a preflight is
 * answered 405.
 *
 * @returns for a request's method, headers and path: a preflight's whole answer, or headers for the answer to come
 * @throws `invalid_request` for any origin together with credentials, and for what is no origin or no pattern
 */
export const createCors = (config: readonly CorsRule[]) => {
  const rules = config.toSorted((a, b) => b.path.length - a.path.length).map(compileRule)

  return (method: string, headers: HeaderReader, path: string): CorsAnswer => {
    const origin = headers.get('origin')
    const wanted = method === 'OPTIONS' && origin ? headers.get('access-control-request-method') : undefined
    if (rules.length === 0 && !wanted) return NOTHING
    const form = ruleForm(path)
    const rule = rules.find((each) => each.matches(form))
    if (origin && wanted) return { preflight: answerPreflight(rule, headers, origin, wanted) }
    if (!rule) return NOTHING
    const { allowed, headers: own } = originHeaders(rule, origin)
    const permitted = allowed && origin && rule.methods.has(method === 'HEAD' ? 'GET' : method)
    if (permitted) return { headers: { ...own, ...rule.answer } }
    return rule.anyOrigin ? NOTHING : { headers: { vary: 'Origin' } }
  }
}
