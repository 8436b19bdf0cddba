/** The texts of a message, with values for their placeholders. */
import { GwError } from '@gw/core'
import { checkHeader } from './headers.ts'
import type { Merged } from './merge.ts'
import { escapeHtml, substitute, type Values } from './substitute.ts'

export interface Texts {
  readonly subject: string | undefined
  readonly text: string | undefined
  readonly html: string | undefined
}

/** Texts of a message in characters. */
const MAX_BODY = 10_000_000

const textOf = (merged: Merged, key: string): string | undefined => {
  const value = merged[key]
  if (value === undefined) return undefined
  if (typeof value !== 'string') throw new GwError('invalid_request', `'${key}' must be a text.`)
  if (value.length > MAX_BODY) throw new GwError('too_large', `'${key}' may have at most ${MAX_BODY} characters.`)
  return value
}

/** @throws GwError `invalid_request` for what is no text, or no header; `too_large` */
export const textsOf = (merged: Merged, values: Values): Texts => {
  const [subject, text, html] = ['subject', 'body_text', 'body_html'].map((key) => textOf(merged, key))
  return {
    subject: subject === undefined ? undefined : checkHeader('subject', substitute(subject, values)),
    text: text === undefined ? undefined : substitute(text, values),
    html: html === undefined ? undefined : substitute(html, values, escapeHtml),
  }
}
