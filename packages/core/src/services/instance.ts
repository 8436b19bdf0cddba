/** One generation of one service: made, started, called, drained, stopped. */
import { coerceScalars } from '../configuration/index.ts'
import { GwError, type Host, type Resource, type ServiceType } from '../contract.ts'
import type { ServiceDefinition } from '../governance.ts'
import { type CallSet, createCallSet } from './active-call.ts'
import { contain, inTime, type RemoteService } from './contained.ts'
import { type Origin, runAs } from './origin.ts'
import { createRouter, type Router } from './router.ts'

export interface Instance {
  readonly definition: ServiceDefinition
  /** As its type has validated it. */
  readonly config: unknown
  readonly type: ServiceType
  readonly service: RemoteService
  /** What its code runs as; absent for what belongs to the gateway itself. */
  readonly origin: Origin | undefined
  readonly router: Router
  readonly calls: CallSet
  /** Another number, in the whole process, whenever endpoints or resources may have changed. */
  readonly revision: number
  /** Cached until the catalogue changes. */
  resources(signal: AbortSignal): Promise<readonly Resource[]>
  /** Reads endpoints and resources again. */
  refresh(): void
  /**
   * Waits for the calls under way, then releases everything.
   * @param reason what those hear that are ended
   */
  retire(grace: number, reason?: GwError): Promise<void>
}

/** What the kernel lends to every instance. */
export interface InstanceContext {
  host(definition: ServiceDefinition, onCatalogChange: () => void): Host
  /** ms */
  readonly startTimeout: number
}

/** Validates a configuration against its type. Throws `invalid_request` naming each wrong key. */
export const validateConfig = async (type: ServiceType, config: unknown): Promise<unknown> => {
  const schema = type.config['~standard']
  const validated = (value: unknown) => inTime(() => schema.validate(value), 'check its configuration')
  const written = await validated(config)
  if (!written.issues) return written.value
  // `${env:DB_PORT}` is always a text, and stored configurations hold "3306".
  const result = await validated(coerceScalars(config, schema.jsonSchema.input({ target: 'draft-07' })))
  if (!result.issues) return result.value
  const found = result.issues.map((issue) => {
    const path = (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.')
    return { field: `config${path && `.${path}`}`, message: issue.message }
  })
  const problems = found.map(({ field, message }) => `${field}: ${message}`).join('; ')
  const byField = Map.groupBy(found, ({ field }) => field)
  const details = Object.fromEntries([...byField].map(([field, all]) => [field, all.map(({ message }) => message)]))
  throw new GwError('invalid_request', `The configuration is not valid for type '${type.name}'. ${problems}`, {
    details,
  })
}

const bounded = async (
  work: (signal: AbortSignal) => Promise<void>,
  timeout: number,
  fault: Promise<never> | undefined,
): Promise<void> => {
  const controller = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new GwError('unavailable', `It did not start within ${Math.round(timeout / 1000)} seconds.`)
      controller.abort(error)
      reject(error)
    }, timeout)
  })
  try {
    await Promise.race([work(controller.signal), late, ...(fault ? [fault] : [])])
  } finally {
    clearTimeout(timer)
  }
}

/** As what an instance runs. */
export interface Running {
  readonly origin: Origin
  /** Rejects where its code fails meanwhile, and nobody waits for it. */
  readonly fault?: Promise<never>
}

/**
 * Creates and starts an instance from a validated configuration. Where `start` throws or hangs, `stop` runs and
 * the error is passed on.
 */
export const startInstance = async (
  definition: ServiceDefinition,
  type: ServiceType,
  config: unknown,
  context: InstanceContext,
  running?: Running,
): Promise<Instance> => {
  let onChange = () => {}
  const host = context.host(definition, () => onChange())
  const origin = running?.origin
  const service = contain(
    runAs(origin, () => type.create(config as never, host)),
    origin,
  )
  try {
    if (service.start) await bounded((signal) => service.start!(signal), context.startTimeout, running?.fault)
    const instance = instanceOf(definition, config, type, service, origin)
    onChange = instance.refresh
    return instance
  } catch (error) {
    await service.stop?.().catch(() => undefined)
    throw error
  }
}

let revisions = 0

const instanceOf = (
  definition: ServiceDefinition,
  config: unknown,
  type: ServiceType,
  service: RemoteService,
  origin: Origin | undefined,
): Instance => {
  const calls = createCallSet()
  let router = createRouter(service.endpoints)
  let cached: Promise<readonly Resource[]> | undefined
  let retired: Promise<void> | undefined
  let revision = ++revisions

  return {
    definition,
    config,
    type,
    service,
    origin,
    calls,
    get router() {
      return router
    },
    get revision() {
      return revision
    },
    resources(signal) {
      if (!service.resources) return Promise.resolve([])
      cached ??= service.resources(signal).catch((error: unknown) => {
        cached = undefined
        throw error
      })
      return cached
    },
    refresh() {
      router = createRouter(service.endpoints)
      cached = undefined
      revision = ++revisions
    },
    retire(grace, reason) {
      retired ??= calls.drain(grace, reason).then(async () => {
        calls.close()
        await service.stop?.()
      })
      return retired
    },
  }
}
