/** Conditions and preferences of a request (RFC 9110 §13, RFC 7240), as far as no endpoint is needed to keep them. */
import { type Condition, type Endpoint, GwError, isEncoded, isRows, type Reply } from '../contract.ts'
import { entityTag, knownAs, variantOf } from '../entity-tag.ts'
import { type Answer, TextAnswer } from '../formats/index.ts'
import { toJson } from '../formats/json.ts'
import { preferencesIn } from '../preferences.ts'
import type { Facts } from './exchange.ts'
import { IDEMPOTENCY_KEY } from './repeatable.ts'

/** What a write must not be done without. A GET has tags of its own. */
const demandedBy = ({ method, incoming: { headers } }: Facts): readonly Condition[] => {
  const demanded: Condition[] = []
  if (method !== 'GET' && headers.get('if-match')) demanded.push('if-match')
  if (method !== 'GET' && headers.get('if-none-match')) demanded.push('if-none-match')
  if (method !== 'GET' && headers.get(IDEMPOTENCY_KEY)) demanded.push(IDEMPOTENCY_KEY)
  const prefer = headers.get('prefer')
  if (!prefer) return demanded
  const { rollback, maxAffected } = preferencesIn(prefer)
  if (rollback) demanded.push('tx')
  if (maxAffected !== undefined) demanded.push('max-affected')
  return demanded
}

const NAMES: Readonly<Record<Condition, string>> = {
  'if-match': 'If-Match',
  'if-none-match': 'If-None-Match',
  tx: 'Prefer: tx=rollback',
  'max-affected': 'Prefer: max-affected',
  'idempotency-key': 'Idempotency-Key',
}

/**
 * A write that would be done whatever it was made to depend on is not done. A GET is one where its endpoint says what
 * it keeps.
 */
export const refuseUnkept = (facts: Facts, { keeps }: Endpoint): void => {
  if (facts.method === 'GET' && !keeps) return
  const unkept = demandedBy(facts).find((condition) => !keeps?.includes(condition))
  if (!unkept) return
  throw new GwError('not_supported', `${NAMES[unkept]} is not supported by this call. Nothing was done.`)
}

const FORMS: readonly (readonly [type: RegExp, form: string])[] = [
  [/^application\/xml/, 'xml'],
  [/^text\/csv/, 'csv'],
  [/^application\/x-ndjson/, 'ndjson'],
  [/^text\/plain/, 'text'],
]

/** The tag is of the JSON, whatever it is sent as, so that a write can be made to depend on it. */
const tagOf = (reply: Reply, answer: TextAnswer): string | undefined => {
  const list = isRows(reply) || Array.isArray(reply)
  if (list) return answer.text === undefined ? undefined : entityTag(answer.text)
  const tag = entityTag(isEncoded(reply) ? (reply.bytes ?? reply.json) : toJson(reply))
  const form = FORMS.find(([type]) => type.test(answer.headers['content-type'] ?? ''))?.[1]
  return form ? variantOf(tag, form) : tag
}

/** The answer of an endpoint that tags what it answers; 304 where the caller has it already. */
export const tagged = (facts: Facts, reply: Reply, answer: Answer): Answer => {
  // What scripts make of an answer is not what a write could compare.
  if (!(answer instanceof TextAnswer) || answer.status !== 200 || facts.after) return answer
  const known = facts.incoming.headers.get('if-none-match')
  if (!known && facts.endpoint?.tagged !== 'always') return answer
  const tag = tagOf(reply, answer)
  if (tag === undefined) return answer
  answer.headers.etag = tag
  const own = known ? knownAs(known, tag) : undefined
  if (own === undefined) return answer
  const { 'content-type': _, 'content-disposition': __, ...headers } = answer.headers
  return new TextAnswer(304, { ...headers, etag: own }, undefined)
}
