/** Takes secrets out of what is recorded. What is told from a name may be wrong; the values of a configuration are not. */
import type { ServiceType } from '@gw/core'
import { secretsOf, wordsOf } from '../service/configuration.ts'
import { describeSchema } from '../service/context.ts'

/** What stands where a secret stood. */
export const SCRUBBED = '(scrubbed)'

/** Shorter values occur by chance. */
const SHORTEST = 4

const HEADERS = new Set(['authorization', 'proxy-authorization', 'cookie', 'set-cookie', 'www-authenticate'])

const WORDS = new Set(
  'auth authorization password passwd passphrase pwd secret token key apikey signature sig credential credentials session cookie jwt otp code'.split(
    ' ',
  ),
)

/** Whether a header, a parameter or a member of that name may hold a secret. */
export const isSecretName = (name: string): boolean => wordsOf(name).some((word) => WORDS.has(word))

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

export interface Scrubber {
  url(url: string): string
  headers(headers: Headers): Readonly<Record<string, string>>
  /** @param type its media type */
  body(text: string, type: string): string
  text(text: string): string
  /** Whether a secret of the configuration stands in it, in any form. */
  holds(text: string): boolean
}

const scrubMembers = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(scrubMembers)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      // Of a list or an object of that name, what is in it is looked at.
      isSecretName(name) && (typeof inner === 'string' || typeof inner === 'number') ? SCRUBBED : scrubMembers(inner),
    ]),
  )
}

const scrubParameters = (parameters: URLSearchParams): string => {
  const scrubbed = new URLSearchParams(
    [...parameters].map(([name, value]) => [name, isSecretName(name) ? SCRUBBED : value]),
  )
  return scrubbed.toString()
}

/** @param values secrets; the longest are looked for first */
export const scrubber = (values: readonly string[]): Scrubber => {
  const forms = values.flatMap(formsOf).sort((a, b) => b.length - a.length)
  const text = (from: string) => forms.reduce((all, form) => all.replaceAll(form, SCRUBBED), from)
  return {
    text,
    holds: (from) => forms.some((form) => from.includes(form)),
    url(from) {
      const url = new URL(from)
      if (url.username !== '' || url.password !== '') [url.username, url.password] = ['', '']
      if (url.search !== '') url.search = scrubParameters(url.searchParams)
      return text(url.href)
    },
    headers: (headers) =>
      Object.fromEntries(
        [...headers].map(([name, value]) => [name, HEADERS.has(name) || isSecretName(name) ? SCRUBBED : text(value)]),
      ),
    body(from, type) {
      if (from === '') return from
      if (/[/+]json/.test(type)) {
        try {
          return text(JSON.stringify(scrubMembers(JSON.parse(from))))
        } catch {
          return text(from)
        }
      }
      if (type.includes('x-www-form-urlencoded')) return text(scrubParameters(new URLSearchParams(from)))
      return text(from)
    },
  }
}
