/** What the checks for every service type work with. */
import { inspect } from 'node:util'
import { type Endpoint, GwError, type Output, type Schema, type Service, type ServiceType } from '@gw/core'
import { type RecordedHost, recordedHost } from '../host.ts'

export interface ConformanceOptions<S extends Schema = Schema> {
  readonly type: ServiceType<S>
  /** A valid configuration whose source can be reached. */
  readonly config: Readonly<Record<string, unknown>>
  /** Configurations that must be refused, each for a reason of its own. */
  readonly invalid: readonly unknown[]
  /** A valid configuration whose source is away: a port nobody listens on, a file that is not there. */
  readonly unreachable?: Readonly<Record<string, unknown>>
  /** Secret values within the configurations, beside those of the schema's `writeOnly` fields. */
  readonly secrets?: readonly string[]
  /** Fields that only look secret (`key_field`): neither `writeOnly` nor reported. */
  readonly notSecret?: readonly string[]
  /** Some components that `resources()` must list. */
  readonly resources?: readonly string[]
  /** Whether the source takes `Customers` and `customers` for the same name. Default: true. */
  readonly caseInsensitive?: boolean
  /** Capabilities that a suite run beside this one proves. A declared capability that none proves fails. */
  readonly proven?: readonly string[]
  /** Relative paths of the configuration start here. */
  readonly root?: string
}

/** A service that was created but not started, with the host it sees. */
export interface Instance {
  readonly service: Service
  readonly host: RecordedHost
}

export interface ServiceContext extends ConformanceOptions {
  /** Validates a configuration and creates a service from it. */
  create(config?: Readonly<Record<string, unknown>>): Promise<Instance>
  /** Starts a service, hands it over, and stops it whatever happens. */
  running<T>(use: (instance: Instance) => T | Promise<T>): Promise<T>
  /** Everything the services under test have said so far: errors, log lines, endpoints, resources. */
  readonly said: readonly unknown[]
  /** Keeps something a service said, for the check on secrets. */
  hear<T>(said: T): T
}

/** A signal that aborts after the kernel's own patience with `start` and `health` (10 s). */
export const patience = (): AbortSignal => AbortSignal.timeout(10_000)

/** Validates a configuration against a type's schema; returns the output or the issues. */
export const validate = async <S extends Schema>(
  schema: S,
  config: unknown,
): Promise<{ readonly value: Output<S> } | { readonly issues: readonly { message: string; path?: unknown }[] }> => {
  const result = await schema['~standard'].validate(config)
  return result.issues
    ? { issues: result.issues.map(({ message, path }) => ({ message, path })) }
    : { value: result.value as Output<S> }
}

export type JsonSchema = Readonly<Record<string, any>>

/** A schema as JSON Schema 2020-12. Throws where it cannot describe itself. */
export const describeSchema = (schema: Schema, side: 'input' | 'output' = 'input'): JsonSchema =>
  schema['~standard'].jsonSchema[side]({ target: 'draft-2020-12' })

/** What an endpoint looks like from outside, for the check on secrets. */
export const faceOf = (endpoint: Endpoint): unknown => {
  const { params, query, body, response, handle: _handle, refine: _refine, ...text } = endpoint
  const schemas = [params, query, body, response]
    .filter((schema): schema is Schema => typeof schema === 'object' && schema !== null && '~standard' in schema)
    .map((schema) => describeSchema(schema))
  return { ...text, schemas }
}

/** Everything an object says, errors with their causes and own properties included, as searchable text. */
export const textOf = (value: unknown): string =>
  inspect(value, { depth: 12, maxArrayLength: null, maxStringLength: null, breakLength: Number.POSITIVE_INFINITY })

/** Runs `work`, keeps what it throws, throws it on. */
const hearing = async <T>(context: Pick<ServiceContext, 'hear'>, work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    throw context.hear(error)
  }
}

export const openService = (options: ConformanceOptions<any>): ServiceContext => {
  const said: unknown[] = []
  const context: ServiceContext = {
    ...options,
    said,
    hear(thing) {
      said.push(thing)
      return thing
    },
    async create(config = options.config) {
      const host = recordedHost(options.root === undefined ? {} : { root: options.root })
      said.push(host.log.lines)
      const valid = await validate(options.type.config, config)
      if ('issues' in valid)
        throw new Error(`The configuration given to the suite is refused: ${JSON.stringify(valid.issues)}`)
      return hearing(context, async () => ({ service: options.type.create(valid.value, host), host }))
    },
    async running(use) {
      const instance = await context.create()
      try {
        await hearing(context, async () => instance.service.start?.(patience()))
        return await use(instance)
      } finally {
        await hearing(context, async () => instance.service.stop?.())
      }
    },
  }
  return context
}

/** Whether an error says, in the contract's words, that the source is away. */
export const saysAway = (error: unknown): boolean =>
  GwError.is(error) && (error.code === 'unavailable' || error.code === 'upstream_timeout')
