/** What must not reach a log, taken out of names, texts, URLs and values. Masks too much rather than too little. */
import { LRUCache } from 'lru-cache'
import { GwError, SECRET_MASK } from '../contract.ts'

/** Matched against a name in lower case without punctuation: `X-DreamFactory-Session-Token` is `xdreamfactorysessiontoken`. */
const SECRET_NAME =
  /pass(word|wd|phrase|code)|pwd|secret|token|apikey|accesskey|privatekey|signingkey|encryptionkey|accountkey|authoriz|cookie|session|credential|jwt|bearer|connectionstring|^auth$|^dsn$|^sas$/
/** Secret as a query parameter only; as a field these are ordinary words. */
const SECRET_PARAMETER = /^(key|code|sig|signature|auth|xamzsignature|xgoogsignature)$/

const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '')

/** Whether the value under this name is to be masked. */
export const isSecretName = (name: string): boolean => SECRET_NAME.test(plain(name))

// Bounded repetitions: a hostile text costs linear time. A password may hold `/`, `@` and `#` where someone forgot to
// encode it, so behind `user:` everything up to the last @ of the word goes, unless a port number follows the colon.
const URL_CREDENTIALS =
  /([a-z][a-z0-9+.-]{0,30}:\/\/)(?:[^\s/?#]{0,500}@|[^\s:/@?#]{0,200}:(?!\d{1,5}(?:[/?#\s"']|$))\S{0,500}@)/gi
const ASSIGNMENT =
  /((?:pass(?:word|wd|phrase)|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|account[_-]?key)["']?\s{0,3}[=:]\s{0,3})(?:"[^"]{0,500}"|'[^']{0,500}'|[^\s&;,"')}\]]{1,500})/gi
const SCHEME_TOKEN = /\b(bearer|basic)\s+[\w.~+/=-]{6,}/gi

/** Longest text that is written, in characters. */
const MAX_TEXT = 16_384

/** Masks the secrets in running text: URLs' user information, `password=…` in connection strings, bearer tokens. */
export const redactText = (text: string): string => {
  let clean = text
  if (clean.includes('://')) clean = clean.replace(URL_CREDENTIALS, `$1${SECRET_MASK}@`)
  if (clean.includes('=') || clean.includes(':')) clean = clean.replace(ASSIGNMENT, `$1${SECRET_MASK}`)
  if (clean.includes(' ')) clean = clean.replace(SCHEME_TOKEN, `$1 ${SECRET_MASK}`)
  return clean.length > MAX_TEXT ? `${clean.slice(0, MAX_TEXT)}… (${clean.length} characters)` : clean
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

const isSecretParameter = (name: string): boolean => {
  const decodedName = decoded(name)
  return isSecretName(decodedName) || SECRET_PARAMETER.test(plain(decodedName))
}
/** By the name as sent; a few names make up nearly all parameters. */
const known = new LRUCache<string, boolean>({ max: 500 })
const KNOWN_LENGTH = 64

const isKnownSecret = (name: string): boolean => {
  if (name.length > KNOWN_LENGTH) return isSecretParameter(name)
  let secret = known.get(name)
  if (secret === undefined) {
    secret = isSecretParameter(name)
    known.set(name, secret)
  }
  return secret
}

const redactParameters = (query: string): string =>
  query
    .split('&')
    .map((pair) => {
      const equals = pair.indexOf('=')
      return equals >= 0 && isKnownSecret(pair.slice(0, equals)) ? `${pair.slice(0, equals)}=${SECRET_MASK}` : pair
    })
    .join('&')

/**
 * A URL, or a path with its query, without its secrets: user information, and the values of parameters such as
 * `api_key`, `session_token`, `password` or a signature, in the query and in the fragment. The rest keeps its spelling.
 */
export const redactUrl = (url: string): string => {
  if (!url.includes('?') && !url.includes('#')) return redactText(url)
  const [, base = '', query, fragment] = /^([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(url) ?? []
  const clean = redactText(base)
  return `${clean}${query ? `?${redactParameters(query.slice(1))}` : ''}${fragment ? `#${redactParameters(fragment.slice(1))}` : ''}`
}

const MAX_DEPTH = 8
const MAX_ITEMS = 100
/** Objects in one value, all levels together: what refers to itself has any number of them. */
const MAX_OBJECTS = 2_000
/** Of the value that is being looked at. */
let objects = 0

/**
 * An error as a log line holds it: type, code, message, stack and the chain of causes, all masked. A driver's further
 * members stay out: they hold statements, binds and rows.
 */
const redactError = (error: Error, depth: number): object => {
  const { code } = error as { code?: unknown }
  return {
    type: error.name,
    message: redactText(error.message),
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(error.stack ? { stack: redactText(error.stack) } : {}),
    ...(GwError.is(error) && error.details !== undefined ? { details: redactValue(error.details, depth + 1) } : {}),
    ...(error instanceof AggregateError ? { errors: redactValue(error.errors, depth + 1) } : {}),
    ...(error.cause === undefined ? {} : { cause: redactValue(error.cause, depth + 1) }),
  }
}

const redactEntries = (entries: Iterable<readonly [string, unknown]>, depth: number): object => {
  const clean: [string, unknown][] = []
  for (const [name, value] of entries) {
    if (clean.length === MAX_ITEMS || objects > MAX_OBJECTS) {
      clean.push(['…', 'more'])
      break
    }
    clean.push([name, redactField(name, value, depth)])
  }
  return Object.fromEntries(clean)
}

/** Asked first: the name `Headers` alone makes Node load its `fetch`. */
const isPlain = (value: object): boolean => Object.getPrototypeOf(value) === Object.prototype

const redactObject = (value: object, depth: number): unknown => {
  if (value instanceof Error) return redactError(value, depth)
  if (value instanceof Date) return value
  if (value instanceof URL) return redactUrl(value.href)
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`
  if (Array.isArray(value)) {
    const items = value.slice(0, MAX_ITEMS).map((item) => redactValue(item, depth + 1))
    return value.length > MAX_ITEMS ? [...items, `… (${value.length} items)`] : items
  }
  if (value instanceof Set) return redactObject([...value], depth)
  if (!isPlain(value) && (value instanceof Map || value instanceof Headers || value instanceof URLSearchParams)) {
    return redactEntries(
      [...value].map(([name, item]) => [String(name), item] as const),
      depth + 1,
    )
  }
  const { toJSON } = value as { toJSON?: unknown }
  if (typeof toJSON === 'function') return redactValue(toJSON.call(value), depth + 1)
  return redactEntries(Object.entries(value), depth + 1)
}

/** A copy of a value without its secrets. What lies deeper than eight levels, or cannot be read, is left out. */
export const redactValue = (value: unknown, depth = 0): unknown => {
  if (typeof value === 'string') return redactText(value)
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'function' || typeof value === 'symbol') return undefined
  if (typeof value !== 'object' || value === null) return value
  if (depth === 0) objects = 0
  if (++objects > MAX_OBJECTS) return '[more]'
  if (depth >= MAX_DEPTH) return '[deeper]'
  try {
    return redactObject(value, depth)
  } catch {
    return '[unreadable]'
  }
}

/** One named value. Yes, no and nothing give no secret away, and stay. */
export const redactField = (name: string, value: unknown, depth = 0): unknown =>
  typeof value !== 'boolean' && value !== null && value !== undefined && isSecretName(name)
    ? SECRET_MASK
    : redactValue(value, depth)
