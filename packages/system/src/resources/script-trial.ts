/** `system/event_script/_test`: one run of a script on a sample event. Gw's own. */
import { type Call, type Endpoint, endpoint, GwError, type Logger, type ScriptEvent, scriptSession } from '@gw/core'
import { z } from 'zod'
import { checkMayWrite } from '../rules/rights.ts'
import type { SystemParts } from './resource.ts'

/** Lines and characters of the log that are shown. */
const MOST_LINES = 500
const LONGEST_LINE = 4_000

const object = z.record(z.string(), z.unknown())

const body = z
  .looseObject({
    type: z.string().min(1).meta({ description: 'The language: one of system/script_type.' }),
    content: z.string().meta({ description: 'The script.' }),
    config: object.nullish().meta({ description: 'What the script is given; its limits, too.' }),
    event: z
      .looseObject({
        request: object.nullish(),
        response: object.nullish(),
        resource: z.string().nullish(),
      })
      .nullish()
      .meta({ description: 'Parts of the event, in place of those of an empty GET.' }),
  })
  .meta({ title: 'ScriptToTest' })
type Given = z.output<typeof body>

const line = z.object({ level: z.string(), text: z.string() })
const response = z
  .object({
    ok: z.boolean(),
    output: z.unknown().optional().meta({ description: 'What the script returned.' }),
    event: z.unknown().optional().meta({ description: 'The event as the script left it.' }),
    log: z.array(line),
    error: z
      .object({ message: z.string(), line: z.int().optional().meta({ description: 'Of the script.' }) })
      .optional(),
    duration_ms: z.number(),
  })
  .meta({ title: 'ScriptTest' })
type Outcome = z.output<typeof response>

const eventOf = ({ event }: Given): ScriptEvent => ({
  request: {
    api_version: '2.0',
    method: 'GET',
    parameters: {},
    headers: {},
    payload: null,
    content: '',
    content_type: '',
    uri: '/',
    service: 'sample',
    ...(event?.request as Partial<ScriptEvent['request']> | null | undefined),
  },
  response: {
    status_code: null,
    headers: {},
    content: null,
    content_type: null,
    ...(event?.response as Partial<ScriptEvent['response']> | null | undefined),
  },
  resource: event?.resource ?? '',
})

/** Lines of the script alone; what is beyond the room for them is left out. */
const collecting = (lines: { level: string; text: string }[]): Logger => {
  const at = (level: string) => (message: string, fields?: object) => {
    if (lines.length >= MOST_LINES) return
    const text = String((fields as { text?: unknown } | undefined)?.text ?? message)
    lines.push({ level, text: text.slice(0, LONGEST_LINE) })
  }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

const lineOf = (error: GwError): number | undefined => {
  const { line: found } = (error.details ?? {}) as { readonly line?: unknown }
  return typeof found === 'number' ? found : undefined
}

const ran = async ({ services, gateway }: SystemParts, call: Call, given: Given): Promise<Outcome> => {
  const host = gateway()?.host('system')
  if (!host) throw new GwError('unavailable', 'The gateway is starting. Try again in a moment.')
  const { engine } = await services.load(given.type)
  if (!engine) throw new GwError('invalid_request', `'${given.type}' is no language for scripts.`)
  const lines: { level: string; text: string }[] = []
  const log = collecting(lines)
  const began = performance.now()
  const told = (outcome: Omit<Outcome, 'log' | 'duration_ms'>): Outcome => ({
    ...outcome,
    log: lines,
    duration_ms: Math.round((performance.now() - began) * 10) / 10,
  })
  const config = given.config ?? {}
  try {
    const script = engine.open({ name: 'a trial', content: given.content, config }, host)
    try {
      const { event, returned } = await script.run({
        event: eventOf(given),
        session: scriptSession(call.caller, config.private_lookups === true ? 'private' : undefined),
        fetch: (path, init) => call.fetch(path, init, 'script'),
        signal: call.signal,
        log,
      })
      return told({ ok: true, ...(returned !== undefined && { output: returned }), event })
    } finally {
      await script.close()
    }
  } catch (error) {
    if (!GwError.is(error)) throw error
    const where = lineOf(error)
    return told({ ok: false, error: { message: error.message, ...(where !== undefined && { line: where }) } })
  }
}

export const scriptTrial = (parts: SystemParts): readonly Endpoint[] => [
  endpoint({
    id: 'testEventScript',
    method: 'POST',
    path: '/event_script/_test',
    component: 'event_script',
    tags: ['Event scripts'],
    summary: 'Run a script on a sample event',
    description:
      'In a process of its own, under its limits, as any script is run. It is not stored. What it calls is really called, as who asks for it.',
    body,
    response,
    errors: ['invalid_request', 'forbidden', 'unavailable'],
    async handle(call) {
      checkMayWrite('scripts', call)
      return ran(parts, call as Call, call.body)
    },
  }),
]
