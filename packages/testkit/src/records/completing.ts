/** New records for sources that neither count keys up nor fill in defaults: the suite says what others would. */
import type { Ask } from '../harness.ts'
import type { Lack } from './context.ts'
import { STANDARD, type StandardTable } from './standard.ts'

/** Above every key of the standard rows, and of those that checks name. */
const FIRST_KEY = 10_000

const tableOf = ({ method, path, headers }: Ask): StandardTable | undefined => {
  if (method !== 'POST' || headers?.['x-http-method'] !== undefined) return undefined
  const [branch, name, ...rest] = path.split('/')
  if (branch !== '_table' || name === undefined || rest.length > 0) return undefined
  return STANDARD.find((table) => table.name === decodeURIComponent(name))
}
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Gives new records the key, or the defaults, that they leave out. Everything else stays as it is. */
export const completing = (lacks: readonly Lack[]): ((ask: Ask) => Ask) => {
  let last = FIRST_KEY
  const completed = (table: StandardTable, record: unknown): unknown => {
    if (!isRecord(record) || !table.fields.some(({ name }) => Object.hasOwn(record, name))) return record
    const added = table.fields.flatMap(({ name, auto, default: initial }) => {
      if (Object.hasOwn(record, name)) return []
      if (auto && lacks.includes('counters')) return [[name, ++last] as const]
      return initial !== undefined && lacks.includes('defaults') ? [[name, initial] as const] : []
    })
    return { ...Object.fromEntries(added), ...record }
  }
  return (ask) => {
    const table = lacks.length > 0 ? tableOf(ask) : undefined
    if (!table) return ask
    const { body } = ask as { readonly body?: unknown }
    if (Array.isArray(body)) return { ...ask, body: body.map((record) => completed(table, record)) }
    if (!isRecord(body) || !('resource' in body)) return ask
    const { resource } = body
    const records = Array.isArray(resource) ? resource.map((one) => completed(table, one)) : completed(table, resource)
    return { ...ask, body: { ...body, resource: records } }
  }
}
