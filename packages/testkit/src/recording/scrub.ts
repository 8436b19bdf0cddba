/** Takes secrets out of what is recorded. What is told from a name may be wrong; the values of a configuration are not. */
import type { ServiceType } from '@gw/core'
import { secretsOf, wordsOf } from '../service/configuration.ts'
import { describeSchema } from '../service/context.ts'

/** What stands where a secret stood. */
export const SCRUBBED = '(scrubbed)'

/** Shorter values occur by chance. */
const SHORTEST = 4

const HEADERS = new Set(['authorization', 'proxy-authorization', 'cookie', 'set-cookie', 'www-authenticate'])

/** Words that say so wherever they stand in a name. */
const WORDS = new Set(
  'auth authorization password passwd passphrase pwd secret token apikey signature sig credential credentials session cookie jwt otp'.split(
    ' ',
  ),
)
/** Words before a `key` that make it one: `access_key`. A `key` alone may be anything in a document. */
const OF_KEYS = new Set(['api', 'access', 'secret', 'private', 'auth', 'client', 'account', 'shared', 'subscription'])
/** A token that only leads to the next page. */
const OF_PAGES = new Set(['page', 'next', 'previous', 'prev', 'continuation', 'cursor', 'sync', 'max'])

/**
 * Whether a header, a parameter (or a field of a form) or a member of a document may hold a secret, by its name.
 * @param where in an address, a header or a form, a `key` alone is one
 */
export const isSecretName = (name: string, where: 'parameter' | 'member'): boolean => {
  const words = wordsOf(name)
  if (words.some((word) => OF_PAGES.has(word))) return false
  if (words.some((word) => WORDS.has(word))) return true
  return words.includes('key') && (where === 'parameter' || words.some((word) => OF_KEYS.has(word)))
}

/** The values of the configuration's `writeOnly` fields, at any depth, and those that are given. */
export const secretValues = (
  type: ServiceType<any> | undefined,
  config: unknown,
  more: readonly string[] = [],
): readonly string[] => {
  const own = type ? secretsOf(describeSchema(type.config), config) : []
  return [...new Set([...own, ...more])].filter((value) => value.length >= SHORTEST)
}

/** A value as it may travel: as it is, in an address, in a form, in JSON, in base64. */
const formsOf = (value: string): readonly string[] => {
  const base64 = Buffer.from(value, 'utf8').toString('base64')
  const forms = [
    value,
    encodeURIComponent(value),
    encodeURI(value),
    new URLSearchParams([['', value]]).toString().slice(1),
    JSON.stringify(value).slice(1, -1),
    base64,
    base64.replace(/=+$/, ''),
    base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''),
  ]
  // The longest first: one form may begin another.
  return [...new Set(forms)].sort((a, b) => b.length - a.length)
}

/** A value that was found by a name is looked for in what comes after it, unless it is short enough to occur by chance. */
const SHORTEST_FOUND = 8

export interface Scrubber {
  url(url: string): string
  headers(headers: Headers): Readonly<Record<string, string>>
  /** @param type its media type */
  body(text: string, type: string): string
  /** Whether a secret stands in it, in any form: of the configuration, or found by its name so far. */
  holds(text: string): boolean
}

/**
 * Scrubs what is asked and answered, in that order: a secret that was found by its name is scrubbed from then on,
 * whatever it is called later, an echo for one.
 * @param values secrets of the configuration
 */
export const scrubber = (values: readonly string[]): Scrubber => {
  const known = new Set<string>()
  let forms: readonly string[] = []
  const learn = (value: string) => {
    if (known.has(value) || value === SCRUBBED) return
    known.add(value)
    forms = [...forms, ...formsOf(value)].sort((a, b) => b.length - a.length)
  }
  for (const value of values) learn(value)
  const text = (from: string) => forms.reduce((all, form) => all.replaceAll(form, SCRUBBED), from)
  const secret = (value: string) => {
    if (value.length >= SHORTEST_FOUND) learn(value)
    return SCRUBBED
  }

  const members = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(members)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [
        name,
        // Of a list or an object of that name, what is in it is looked at.
        isSecretName(name, 'member') && typeof inner === 'string' ? secret(inner) : members(inner),
      ]),
    )
  }
  const parameters = (from: URLSearchParams): string =>
    new URLSearchParams(
      [...from].map(([name, value]): [string, string] => [
        name,
        isSecretName(name, 'parameter') ? secret(value) : value,
      ]),
    ).toString()
  const isSecretHeader = (name: string) => HEADERS.has(name) || isSecretName(name, 'parameter')

  return {
    holds: (from) => forms.some((form) => from.includes(form)),
    url(from) {
      const url = new URL(from)
      if (url.username !== '' || url.password !== '') [url.username, url.password] = ['', '']
      if (url.search !== '') url.search = parameters(url.searchParams)
      return text(url.href)
    },
    headers: (headers) =>
      Object.fromEntries(
        [...headers].map(([name, value]) => [name, isSecretHeader(name) ? secret(value) : text(value)]),
      ),
    body(from, type) {
      if (from === '') return from
      if (/[/+]json/.test(type)) {
        try {
          return text(JSON.stringify(members(JSON.parse(from))))
        } catch {
          return text(from)
        }
      }
      if (type.includes('x-www-form-urlencoded')) return text(parameters(new URLSearchParams(from)))
      return text(from)
    },
  }
}
