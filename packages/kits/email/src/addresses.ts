/** Address lists in every form that requests and templates have (the wire contract's services part, §7.2). */
import { domainToASCII } from 'node:url'
import { GwError } from '@gw/core'
import validator from 'validator'
import { checkHeader } from './headers.ts'
import type { Address } from './message.ts'

const invalid = (text: string): GwError => new GwError('invalid_request', `Invalid email - '${text}'.`)

/** At most so many addresses in one list; servers accept hundreds at most. */
const MAX_ADDRESSES = 1_000

/**
 * One checked address.
 * @throws GwError `invalid_request`
 */
export const addressOf = (email: unknown, name: unknown): Address => {
  const text = typeof email === 'string' ? email.trim() : ''
  const at = text.lastIndexOf('@')
  const domain = domainToASCII(text.slice(at + 1))
  const address = `${text.slice(0, at)}@${domain}`
  // No display name, no address in brackets, no comment: an address and nothing else.
  if (at < 1 || domain === '' || !validator.isEmail(address, { allow_utf8_local_part: true, ignore_max_length: false }))
    throw invalid(shown(email))
  return { address, name: name === undefined || name === null ? '' : checkHeader('name', String(name)) }
}

const shown = (email: unknown): string =>
  typeof email === 'string'
    ? email
        .replace(/\p{Cc}/gu, ' ')
        .trim()
        .slice(0, 100)
    : ''

const one = (entry: unknown): Address => {
  if (typeof entry === 'string') return addressOf(entry, undefined)
  if (typeof entry === 'object' && entry !== null && !Array.isArray(entry)) {
    const { email, name } = entry as Record<string, unknown>
    return addressOf(email, name)
  }
  throw invalid('')
}

/**
 * `"a@x.io"`, `{"email", "name"}`, or a list of these. A string is one address: commas do not split it, except in a
 * template, where the operator wrote it.
 * @throws GwError `invalid_request` for the first one that is no address
 */
export const addressesOf = (value: unknown, { splits = false } = {}): readonly Address[] => {
  if (value === undefined || value === null || value === '') return []
  const split = splits && typeof value === 'string' ? value.split(',').filter((part) => part.trim() !== '') : value
  const entries: readonly unknown[] = Array.isArray(split) ? split : [split]
  if (entries.length > MAX_ADDRESSES)
    throw new GwError('invalid_request', `A message may have at most ${MAX_ADDRESSES} addresses in one list.`)
  return entries.map(one)
}
