/** A language → a service type, whose services answer every method and path below their name with a script. */
import {
  type Call,
  defineServiceType,
  type Endpoint,
  endpoint,
  type Host,
  isTrue,
  METHODS,
  type Method,
  type Reply,
  type ScriptOutcome,
  type ScriptRun,
  type ServiceType,
  scriptSession,
  standingOf,
} from '@gw/core'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import { type ScriptConfig, scriptConfig } from './config.ts'
import { createEngine, type LanguageEngine, type OpenScript } from './engine.ts'
import { eventOf, replyOf } from './event.ts'
import type { ScriptLanguage } from './language.ts'

/** Answers that a service keeps at most. */
const MOST_KEPT = 500

interface Parts {
  readonly config: ScriptConfig
  readonly script: OpenScript
  readonly kept: LRUCache<string, ScriptOutcome> | undefined
}

const runOf = ({ config }: Parts, call: Call): ScriptRun => ({
  event: eventOf(call),
  session: scriptSession(call.caller, config.private_lookups ? 'private' : undefined),
  fetch: (path, init) => call.fetch(path, init, 'script'),
  signal: call.signal,
  log: call.log,
})

/** One key for one caller and one question. */
const keyOf = ({ caller: { user, role, app, requestor, admin }, path, query }: Call): string =>
  JSON.stringify([user?.id, role?.id, app?.id, requestor, admin, path, query])

const outcomeOf = async (parts: Parts, call: Call): Promise<ScriptOutcome> => {
  const { kept, script } = parts
  if (!kept || call.method !== 'GET' || call.body !== undefined) return script.run(runOf(parts, call))
  const key = keyOf(call)
  const known = kept.get(key)
  if (known) return known
  const made = await script.run(runOf(parts, call))
  kept.set(key, made)
  return made
}

const answer = async (parts: Parts, call: Call): Promise<Reply> => {
  if (!parts.config.queued) return replyOf(await outcomeOf(parts, call), call)
  const id = await parts.script.later({ ...runOf(parts, call), standing: standingOf(call.caller) })
  const body = JSON.stringify({ success: true, id })
  return new Response(body, { status: 202, headers: { 'content-type': 'application/json' } })
}

const anyQuery = z.looseObject({})

const SUMMARIES: Readonly<Record<Method, string>> = {
  GET: 'Run the script with GET',
  POST: 'Run the script with POST',
  PUT: 'Run the script with PUT',
  PATCH: 'Run the script with PATCH',
  DELETE: 'Run the script with DELETE',
}

const endpointsOf = (parts: () => Parts): readonly Endpoint[] =>
  METHODS.flatMap((method) => {
    const verb = method.toLowerCase()
    const shared = {
      method,
      summary: SUMMARIES[method],
      description: 'What is sent and what is answered is the script’s own.',
      tags: ['Script'],
      query: anyQuery,
      handle: (call: Call) => answered(parts(), call),
    }
    return [
      endpoint({ ...shared, id: `${verb}Script`, path: '/' }),
      endpoint({ ...shared, id: `${verb}ScriptBelow`, path: '/{path*}' }),
    ]
  })

/** What roles can be granted is asked of the script only where it says so itself. */
const answered = (parts: Parts, call: Call): Reply | Promise<Reply> => {
  const asks =
    call.method === 'GET' &&
    call.path === '' &&
    isTrue(String((call.query as Record<string, unknown>).as_access_list ?? ''))
  return asks && !parts.config.implements_access_list ? ['', '*'] : answer(parts, call)
}

/** What a language's connector default-exports. */
export const defineScriptServiceType = (language: ScriptLanguage): ServiceType<typeof scriptConfig> => {
  const engine: LanguageEngine = createEngine(language)
  return defineServiceType({
    contract: 1,
    name: language.name,
    ...(language.aliases && { aliases: language.aliases }),
    label: language.label,
    description: language.description,
    group: 'Script',
    config: scriptConfig,
    engine,
    create(config, host) {
      const parts = partsOf(config, engine, host)
      return {
        endpoints: endpointsOf(() => parts),
        async start(signal) {
          await parts.script.prepare(signal)
          // Also where it is queued no longer: what was promised is done.
          parts.script.resume()
        },
        health: (signal) => parts.script.prepare(signal),
        async flush() {
          parts.kept?.clear()
          parts.script.forget()
        },
        stop: () => parts.script.close(),
      }
    },
  })
}

const partsOf = (config: ScriptConfig, engine: LanguageEngine, host: Host): Parts => {
  const script = engine.open({ ...config, name: host.service }, host, config)
  return {
    config,
    script,
    kept:
      config.cache_enabled && config.cache_ttl > 0
        ? new LRUCache({ max: MOST_KEPT, ttl: config.cache_ttl * 1_000 })
        : undefined,
  }
}
