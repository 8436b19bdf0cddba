/** `system/service/_test` and `system/service/_health`: whether a service would work, and whether those that there are do. */
import { type Call, type Endpoint, endpoint, GwError, SECRET_MASK, type ServiceType } from '@gw/core'
import type { RunningService } from '@gw/core/governance'
import { z } from 'zod'
import { checkMayWrite } from '../rules/rights.ts'
import { toStore } from '../rules/service.ts'
import { type Config, type JsonSchema, opened, withSecrets } from '../secrets/config.ts'
import { placeOf } from '../secrets/keyring.ts'
import type { StoredService } from '../snapshot/parts.ts'
import type { SystemParts } from './resource.ts'
import { sees } from './seeing.ts'

const record = z
  .looseObject({
    id: z
      .int()
      .nullish()
      .meta({ description: 'Of a service that there is: what is not sent, and masks, are as stored.' }),
    name: z.string().nullish().meta({ description: 'As its log lines call it.' }),
    type: z.string().nullish().meta({ description: 'Its service type.' }),
    config: z.unknown().optional().meta({ description: 'What the type takes.' }),
  })
  .meta({ title: 'ServiceToTest' })
type Given = z.output<typeof record>

const problem = z.object({
  field: z.string().optional().meta({ description: 'Which setting it is about: `type`, `config.host`.' }),
  message: z.string(),
})
const verdict = z
  .union([
    z.object({
      ok: z.literal(true),
      latency_ms: z.number().meta({ description: 'How long the source took to answer.' }),
    }),
    z.object({ ok: z.literal(false), problems: z.array(problem) }),
  ])
  .meta({ title: 'ServiceTest' })
type Verdict = z.output<typeof verdict>

const wrong = (field: string, message: string): GwError =>
  new GwError('invalid_request', message, { details: { [field]: [message] } })

/** @throws GwError `not_found`, or `forbidden` for one that is not the store's */
const storedFor = ({ snapshot }: SystemParts, { id }: Given): StoredService | undefined => {
  if (id === undefined || id === null) return undefined
  const found = snapshot().services.find((one) => one.id === id)
  if (!found) throw new GwError('not_found', `There is no service with the id ${id}.`)
  if (found.managedBy === undefined) return found
  throw new GwError('forbidden', `The service '${found.name}' is defined in ${found.managedBy}: try it out there.`)
}

/** Of a text that is looked for: what is shorter stands in any sentence. */
const SHORTEST = 4

/** Texts that must not be in an answer, whatever a connector makes of them. */
const secretsIn = (config: Config, schema: JsonSchema | undefined): readonly string[] => {
  const texts: string[] = []
  const collect = (value: unknown): void => {
    if (typeof value === 'string') texts.push(value)
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(collect)
  }
  withSecrets(config, schema, (value) => {
    collect(value)
    return value
  })
  return texts.filter(({ length }) => length >= SHORTEST).sort((a, b) => b.length - a.length)
}

const problemsOf = (error: GwError, secrets: readonly string[]): Verdict => {
  const clean = (text: string) => secrets.reduce((told, secret) => told.replaceAll(secret, SECRET_MASK), text)
  const details = (error.details ?? {}) as Readonly<Record<string, unknown>>
  const problems = Object.entries(details).flatMap(([field, messages]) =>
    Array.isArray(messages) ? messages.map((message) => ({ field, message: clean(String(message)) })) : [],
  )
  return { ok: false, problems: problems.length > 0 ? problems : [{ message: clean(error.message) }] }
}

const typeFor = async ({ services }: SystemParts, name: string): Promise<ServiceType> => {
  try {
    return await services.load(name)
  } catch (error) {
    if (GwError.is(error)) throw wrong('type', error.message)
    throw error
  }
}

const tried = async (parts: SystemParts, given: Given, signal: AbortSignal): Promise<Verdict> => {
  const stored = storedFor(parts, given)
  const { keys, schemaOf, resolved } = parts.services
  let secrets: readonly string[] = []
  try {
    const named = given.type ?? stored?.type
    if (!named) throw wrong('type', 'The type is required.')
    const type = await typeFor(parts, named)
    const schema = schemaOf(type.name)
    // What would be stored, and what would then be run.
    const place = placeOf('service', 'config', stored?.id ?? 'a trial')
    const sealed = toStore(given.config, stored?.config ?? {}, schema, (text) => keys.encrypt(text, place))
    const config = resolved(
      opened(sealed, (text) => keys.decrypt(text, place)),
      type.name,
    )
    secrets = secretsIn(config, schema)
    const running = parts.gateway()
    if (!running) throw new GwError('unavailable', 'The gateway is starting. Try again in a moment.')
    const latency = await running.probe(type, given.name || stored?.name || 'trial', config, signal)
    return { ok: true, latency_ms: Math.round(latency * 10) / 10 }
  } catch (error) {
    if (!GwError.is(error)) throw error
    return problemsOf(error, secrets)
  }
}

const health = z
  .object({
    name: z.string(),
    state: z.enum(['serving', 'starting', 'down']),
    reason: z
      .string()
      .optional()
      .meta({ description: 'Why it is down, or why it serves with the configuration that it had before.' }),
    since: z.string().meta({ description: 'ISO 8601.' }),
  })
  .meta({ title: 'ServiceHealth' })

const STATES = { serving: 'serving', degraded: 'serving', starting: 'starting', down: 'down' } as const

const healthOf = ({
  definition: { name },
  state,
  reason,
  since,
}: RunningService): readonly z.output<typeof health>[] =>
  state === 'inactive' ? [] : [{ name, state: STATES[state], ...(reason && { reason }), since }]

const recordIn = (call: Call): Given => {
  const body = call.body as { readonly resource?: unknown }
  const sent = Array.isArray(body.resource) ? body.resource : body.resource === undefined ? [body] : [body.resource]
  const [one, ...more] = sent.map((each) => record.safeParse(each))
  if (one?.success && more.length === 0) return one.data
  throw new GwError('invalid_request', 'Send one service: its type, its config and, where there is one, its id.')
}

export const trying = (parts: SystemParts): readonly Endpoint[] => [
  endpoint({
    id: 'testService',
    method: 'POST',
    path: '/service/_test',
    // Whoever may create one may try one out.
    component: 'service',
    tags: ['Services'],
    summary: 'Try a service out',
    description:
      'Starts it beside all others, asks for its health, and stops it, within ten seconds. Nothing of it is kept. The body is a service as for creating it.',
    body: record,
    response: verdict,
    errors: ['invalid_request', 'forbidden', 'not_found'],
    async handle(call) {
      checkMayWrite('services', call)
      return tried(parts, recordIn(call), call.signal)
    },
  }),
  endpoint({
    id: 'getServiceHealth',
    method: 'GET',
    path: '/service/_health',
    component: 'service',
    tags: ['Services'],
    summary: 'Tell how the active services are',
    description: 'As this node knows it: no source is asked.',
    response: z.object({ resource: z.array(health) }),
    handle: (call) => ({ resource: sees(parts, call).flatMap(healthOf) }),
  }),
]
