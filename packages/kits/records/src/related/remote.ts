/**
 * Related records of another service of the gateway (the wire contract §5.4): asked for like any client's, as the
 * caller and under that service's rules. Keys travel as bound parameters.
 */
import { type Call, type ErrorCode, GwError, STATUS } from '@gw/core'
import type { Field } from '../catalog.ts'
import type { Row } from '../source.ts'
import type { Related } from './tree.ts'

/** Keys in one request. */
const CHUNK = 100
/** Pages of one request's keys: a bound for services that never come to an end. */
const MOST_PAGES = 1_000
/** Names that mean themselves in a filter. */
const PLAIN = /^[\p{L}_][\p{L}\p{N}_]*$/u

interface Answer {
  readonly resource?: readonly Row[]
  readonly meta?: { readonly next?: number }
  readonly error?: { readonly message?: string }
}

const CODES = new Map<number, ErrorCode>(Object.entries(STATUS).map(([code, status]) => [status, code as ErrorCode]))

/** The other service's refusal, as one of this call. */
const failureOf = (status: number, name: string, answer: Answer): GwError => {
  const said = status < 500 ? `: ${answer.error?.message ?? 'it was refused.'}` : '.'
  const code = status === 404 || status === 400 ? 'upstream_failed' : (CODES.get(status) ?? 'upstream_failed')
  return new GwError(code, `The relation '${name}' could not be read from its service${said}`)
}

const ask = async (call: Call, node: Related, keys: readonly unknown[], offset: number): Promise<Answer> => {
  const { relation, fields, order } = node
  const [reference] = relation.references
  const names = keys.map((_, at) => `:k${at}`)
  const wanted = fields === undefined || fields.includes('*') ? '*' : `${fields},${reference}`
  const response = await call.fetch(`/${relation.service}/_table/${encodeURIComponent(relation.table)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-http-method': 'GET', accept: 'application/json' },
    body: JSON.stringify({
      filter: `${reference} IN (${names.join()})`,
      params: Object.fromEntries(names.map((name, at) => [name, keys[at]])),
      fields: wanted,
      ...(order && { order }),
      ...(offset > 0 && { offset }),
    }),
  })
  const answer = (await response.json().catch(() => ({}))) as Answer
  if (!response.ok) throw failureOf(response.status, relation.name, answer)
  return answer
}

/** Refuses what only the own service can do. */
const checkNode = ({ relation, filter }: Related): void => {
  if (relation.references.length !== 1 || !PLAIN.test(relation.references[0]!))
    throw new GwError(
      'not_supported',
      `The relation '${relation.name}' has a key that can not be asked of its service.`,
    )
  if (filter !== undefined)
    throw new GwError(
      'not_supported',
      `The relation '${relation.name}' leads to another service: it takes fields, order and limit.`,
    )
}

/** The records that belong to parents, by the text of their key. */
export const readRemote = async (
  call: Call,
  node: Related,
  parents: readonly Row[],
  { name }: Field,
  spend: (records: number) => void,
): Promise<ReadonlyMap<string, readonly Row[]>> => {
  checkNode(node)
  const reference = node.relation.references[0]!.toLowerCase()
  const keys = [
    ...new Map(
      parents.flatMap((row) => ((row[name] ?? null) === null ? [] : [[String(row[name]), row[name]]])),
    ).values(),
  ]
  const found = new Map<string, Row[]>()
  for (let at = 0; at < keys.length; at += CHUNK) {
    const some = keys.slice(at, at + CHUNK)
    let offset: number | undefined = 0
    for (let page = 0; offset !== undefined && page < MOST_PAGES; page++) {
      const answer: Answer = await ask(call, node, some, offset)
      const rows = answer.resource ?? []
      spend(rows.length)
      for (const row of rows) {
        const own = Object.keys(row).find((key) => key.toLowerCase() === reference)
        const key = String(own === undefined ? '' : row[own])
        found.set(key, [...(found.get(key) ?? []), row])
      }
      offset = answer.meta?.next
    }
  }
  return found
}
