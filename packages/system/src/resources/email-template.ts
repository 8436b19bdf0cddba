/** `system/email_template`: addresses and attachments are a list, or a text with commas (services.md §7.3). */
import type { Endpoint } from '@gw/core'
import { callWith } from '@gw/records'

const LISTS = ['to', 'cc', 'bcc', 'attachment'] as const

/** As these fields are stored, which is as JSON: several of them as a list, one as a text. */
const listed = (text: string): string => {
  const items = text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
  return JSON.stringify(items.length > 1 ? items : (items[0] ?? null))
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const withLists = (record: unknown): unknown => {
  if (!isObject(record)) return record
  const texts = LISTS.filter((name) => typeof record[name] === 'string')
  return { ...record, ...Object.fromEntries(texts.map((name) => [name, listed(record[name] as string)])) }
}

const inBody = (body: unknown): unknown => {
  if (Array.isArray(body)) return body.map(withLists)
  if (!isObject(body) || !Object.hasOwn(body, 'resource')) return withLists(body)
  const { resource } = body
  return { ...body, resource: Array.isArray(resource) ? resource.map(withLists) : withLists(resource) }
}

/** @param endpoint of the collection */
export const listing = (endpoint: Endpoint): Endpoint =>
  endpoint.method === 'GET' || endpoint.method === 'DELETE'
    ? endpoint
    : { ...endpoint, handle: (call) => endpoint.handle(callWith(call, { body: inBody(call.body) as never })) }
