/** A language → an engine: scripts with their workers, whoever has them to run. */
import {
  GwError,
  type Host,
  type Script,
  type ScriptDefinition,
  type ScriptEngine,
  type ScriptHost,
  type ScriptRun,
  scriptSession,
} from '@gw/core'
import { type ScriptLimits, scriptLimits } from './config.ts'
import { disabledReason } from './disabled.ts'
import { hostIsolation, type Isolation } from './isolation/detect.ts'
import { seccompProgram } from './isolation/seccomp.ts'
import type { Interpreter, ScriptLanguage } from './language.ts'
import { answerCall } from './platform.ts'
import { createPool } from './pool.ts'
import { createQueue, type Queue } from './queue/queue.ts'
import { type ScriptSource, sourceOf } from './source.ts'

/** A script whose limits are known. */
export interface OpenScript extends Required<Script> {
  readonly limits: ScriptLimits
  /** Finds out whether it can run here, and has it read where that asks nobody. */
  prepare(signal: AbortSignal): Promise<void>
  /** Has it read from where it is kept again. */
  forget(): void
}

export interface LanguageEngine extends ScriptEngine {
  /** @param limits by default those in the definition's `config` */
  open(definition: ScriptDefinition, host: Host, limits?: ScriptLimits): OpenScript
}

/** ms that queued runs have to end when the script is closed. */
const QUEUE_PATIENCE = 5_000

interface Here {
  readonly isolation: Isolation
  /** Or why there is none. */
  readonly interpreter: Interpreter | string
}

const UNPROTECTED =
  'This host has no sandbox for scripts: install bubblewrap and allow it user namespaces, or set sandbox to "preferred" to run the script without.'

const isolationOf = ({ restricts }: ScriptLanguage, { bwrap, prlimit }: Isolation): string => {
  if (bwrap)
    return `bubblewrap: no files, no network, no other processes${seccompProgram() ? ', system calls filtered' : ''}`
  const parts = [
    restricts && 'the interpreter refuses files and processes',
    prlimit && 'memory is limited',
    'the environment is empty',
  ]
  return `no sandbox on this host; ${parts.filter(Boolean).join(', ')}`
}

/** @param look what the host has to keep scripts apart; tests leave something out */
export const createEngine = (
  language: ScriptLanguage,
  look: () => Promise<Isolation> = hostIsolation,
): LanguageEngine => {
  let found: Promise<Here> | undefined
  const here = (): Promise<Here> => {
    // A missing interpreter may be installed while the gateway runs: only what is there is remembered.
    found ??= Promise.all([look(), language.find()]).then(([isolation, interpreter]) => {
      if (typeof interpreter === 'string') found = undefined
      return { isolation, interpreter }
    })
    return found
  }
  const usable = async ({ sandbox }: ScriptLimits): Promise<{ isolation: Isolation; interpreter: Interpreter }> => {
    const disabled = disabledReason(language)
    if (disabled) throw new GwError('unavailable', disabled, { retryable: false })
    const { isolation, interpreter } = await here()
    if (typeof interpreter === 'string') throw new GwError('unavailable', interpreter)
    if (!isolation.bwrap && sandbox === 'required') throw new GwError('unavailable', UNPROTECTED)
    return { isolation, interpreter }
  }
  return {
    extensions: language.extensions,
    async inspect(): Promise<ScriptHost> {
      const { isolation, interpreter } = await here()
      return {
        missing: disabledReason(language) ?? (typeof interpreter === 'string' ? interpreter : undefined),
        sandboxed: isolation.bwrap !== undefined,
        isolation: isolationOf(language, isolation),
      }
    },
    open(definition, host, limits = limitsOf(definition.config)) {
      return openScript(language, definition, limits, sourceOf(definition, host), host, () => usable(limits))
    },
  }
}

const limitsOf = (config: ScriptDefinition['config']): ScriptLimits => {
  const { data, error } = scriptLimits.safeParse(config ?? {})
  if (data) return data
  const problems = error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new GwError('invalid_request', `The script's limits are not valid. ${problems.join('; ')}`)
}

const openScript = (
  language: ScriptLanguage,
  definition: ScriptDefinition,
  limits: ScriptLimits,
  source: ScriptSource,
  host: Host,
  usable: () => Promise<{ isolation: Isolation; interpreter: Interpreter }>,
): OpenScript => {
  const { log } = host
  const pool = createPool({
    most: limits.max_concurrency,
    log,
    worker: async () => ({
      ...(await usable()),
      language,
      memory: limits.memory_mb,
      timeout: limits.timeout,
      config: definition.config ?? {},
      log,
      answer: (call, run) => answerCall(call, run, { host, allowed: limits.allowed_hosts }),
    }),
  })
  const run = async (given: ScriptRun) => pool.run(await source.content(), given)
  let queue: Queue | undefined
  const queued = (): Queue => {
    queue ??= createQueue({
      name: definition.name,
      most: limits.max_concurrency,
      host,
      run,
      session: (caller) => scriptSession(caller, limits.private_lookups ? 'private' : undefined),
    })
    return queue
  }
  return {
    limits,
    async prepare(signal) {
      await usable()
      if (source.inline) await pool.warm(await source.content(), signal)
    },
    run,
    later: (given) => queued().add(given),
    resume: () => queued().resume(),
    forget: source.forget,
    async close() {
      await queue?.close(QUEUE_PATIENCE)
      await pool.close()
    },
  }
}
