/** The request body, read and parsed at most once. */
import { parseBody, readBytes } from '../formats/index.ts'
import type { Facts } from './exchange.ts'

/** Whether the request announces a body. */
export const hasBody = ({ incoming }: Facts): boolean => {
  const length = incoming.headers.get('content-length')
  if (length !== null && length !== undefined) return length !== '0'
  if (incoming.incoming) return incoming.headers.get('transfer-encoding') !== undefined
  return incoming.request.body !== null
}

/** The parsed body, `undefined` where there is none. `limit` in bytes; more is `too_large`. */
export const bodyOf = (facts: Facts, limit: number): unknown => {
  if (facts.body) return facts.body.value
  if (!hasBody(facts)) return undefined
  const type = facts.incoming.headers.get('content-type') ?? undefined
  return readBytes(facts.incoming, limit).then(async (bytes) => {
    const value = bytes.length === 0 ? undefined : await parseBody(bytes, type)
    facts.body = { value, bytes }
    return value
  })
}
