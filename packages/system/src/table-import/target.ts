/** The service that the table is made in: reached by calls in the caller's own name, under its own rules. */
import { type Call, type ErrorCode, GwError, STATUS } from '@gw/core'
import type { FieldDefinition } from './columns.ts'

export interface Target {
  readonly service: string
  /** @returns the name that the service gave the table */
  create(name: string, fields: readonly FieldDefinition[]): Promise<string>
  /** @param lines NDJSON; what ends it with an error ends the import */
  load(name: string, lines: AsyncIterable<string>): Promise<void>
  drop(name: string): Promise<void>
}

type Fetch = Call['fetch']

const CODES = new Map<number, ErrorCode>(Object.entries(STATUS).map(([code, status]) => [status, code as ErrorCode]))

interface Told {
  readonly error?: { readonly message?: unknown; readonly context?: unknown }
}

/** What a service answered, as if it had been asked by the caller. */
const failureOf = async (response: Response): Promise<GwError> => {
  const { error } = ((await response.json().catch(() => undefined)) ?? {}) as Told
  const { message, context } = error ?? {}
  const retryAfter = response.headers.get('retry-after')
  return new GwError(
    CODES.get(response.status) ?? 'internal',
    typeof message === 'string' ? message : `The service answered ${response.status}.`,
    {
      ...(context !== undefined && context !== null && { details: context }),
      ...(retryAfter !== null && { headers: { 'retry-after': retryAfter } }),
    },
  )
}

const bytesOf = async function* (lines: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  for await (const line of lines) yield encoder.encode(line)
}

const answered = async (response: Response): Promise<unknown> => {
  if (!response.ok) throw await failureOf(response)
  return response.json()
}

const nameIn = (answer: unknown, asked: string): string => {
  const { resource } = (answer ?? {}) as { readonly resource?: readonly { readonly name?: unknown }[] }
  const name = resource?.[0]?.name
  return typeof name === 'string' ? name : asked
}

/**
 * @param fetch in the caller's name
 * @param afterwards the same for a call that must still be made when the caller has gone
 */
export const targetOf = (service: string, fetch: Fetch, afterwards: Fetch): Target => {
  const at = (branch: '_schema' | '_table', name = '') =>
    `/${service}/${branch}${name && `/${encodeURIComponent(name)}`}`
  return {
    service,
    async create(name, fields) {
      const body = JSON.stringify({ resource: [{ name, field: fields }] })
      const headers = { 'content-type': 'application/json' }
      const answer = await answered(await fetch(`${at('_schema')}?check_exist=true`, { method: 'POST', headers, body }))
      return nameIn(answer, name)
    },
    async load(name, lines) {
      const response = await fetch(`${at('_table', name)}?stream=true`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-ndjson' },
        body: ReadableStream.from(bytesOf(lines)),
        duplex: 'half',
      } as RequestInit)
      await answered(response)
    },
    async drop(name) {
      await answered(await afterwards(at('_schema', name), { method: 'DELETE' }))
    },
  }
}
