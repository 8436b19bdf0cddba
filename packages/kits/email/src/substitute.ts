/** Placeholders in bodies and subjects: `{order_no}`, `{user.email}` (the wire contract's services part, §7.4). */
import type { Caller } from '@gw/core'
import type { Merged } from './merge.ts'

const PLACEHOLDER = /\{([A-Za-z0-9_.-]{1,64})\}/g

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text as HTML shows it. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character]!)

/** The values that placeholders may name. */
export type Values = (name: string) => string | undefined

/**
 * Public lookups first, then the merged data's own texts. Numbers and booleans count as texts; what a caller may not
 * look up, and what does not exist, stays as it is written.
 */
export const valuesOf =
  (caller: Caller, merged: Merged): Values =>
  (name) => {
    const found = caller.lookup(name) ?? (Object.hasOwn(merged, name) ? merged[name] : undefined)
    return typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean'
      ? String(found)
      : undefined
  }

/** One pass: what a value holds is not looked at again, so that a value can not name another. */
export const substitute = (text: string, values: Values, quote: (value: string) => string = (value) => value): string =>
  text.replace(PLACEHOLDER, (whole, name: string) => {
    const value = values(name)
    return value === undefined ? whole : quote(value)
  })
