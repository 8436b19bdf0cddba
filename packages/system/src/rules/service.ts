/** Services: their names, types and configurations (platform.md §3.3, §7.3). */
import { GwError, type ServiceType } from '@gw/core'
import { type Isolation, isolationIn, type RunningGateway } from '@gw/core/governance'
import { type Config, holdsEncrypted, type JsonSchema, masked, opened, sealed } from '../secrets/config.ts'
import { type Keyring, placeOf } from '../secrets/keyring.ts'
import { Findings, invalid, type RuleContext, type TableRules, type Values } from './rules.ts'

export interface ServiceRulesOptions {
  readonly keys: Keyring
  load(type: string): Promise<ServiceType>
  /** A type's JSON Schema as far as it was loaded: rows are told without waiting. */
  schemaOf(type: string): JsonSchema | undefined
  /** Replaces lookups as they are when the service starts. */
  resolved(config: Config, type: string): Config
  gateway(): Pick<RunningGateway, 'validate'> | undefined
  /** A service whose connector is missing is stored all the same, the whole of its configuration as a secret. */
  readonly keepUnknown?: boolean
}

const NAME = /^[A-Za-z0-9_-]+$/
const plain = (value: unknown): unknown => (typeof value === 'string' ? value.replace(/<[^>]*>/g, '') : value)

const isObject = (value: unknown): value is Config =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** `{}` and `[]` are both no configuration. @throws GwError where it is something else */
const configIn = (value: unknown): Config => {
  if (value === null || value === undefined || (Array.isArray(value) && value.length === 0)) return {}
  if (isObject(value)) return value
  throw invalid({ config: ['The config must be an object.'] })
}

/** @throws GwError where it is none */
const isolationFor = (value: unknown): Isolation | null => {
  if (value === null || value === '') return null
  const isolation = isolationIn(value)
  if (isolation) return isolation
  throw invalid({
    isolation: ['It must be "process", {"process": {"memory": "256mb"}}, of at least 128mb, or null.'],
  })
}

/** What was sent, on top of what is stored; null where the type takes none means: as if never said. */
const merged = (given: Config, stored: Config, schema: JsonSchema | undefined): Config => {
  const { service_id: _, ...changes } = given
  const nullable = (name: string): boolean => {
    if (!schema) return false
    const one = schema.properties?.[name]
    const types = [one, ...(one?.anyOf ?? [])].flatMap((shape) => shape?.type ?? [])
    return one === undefined || types.includes('null')
  }
  const entries = Object.entries({ ...stored, ...changes })
  return Object.fromEntries(entries.filter(([name, value]) => value !== null || nullable(name)))
}

/** A configuration as it is to be stored, on top of what is. @param encrypt makes a text unreadable */
export const toStore = (
  given: unknown,
  stored: Config,
  schema: JsonSchema | undefined,
  encrypt: (plain: string) => string,
): Config => {
  if (holdsEncrypted(given)) throw invalid({ config: ['A value in it has the form of an encrypted one.'] })
  // What was not sent is sealed already.
  return merged(sealed(configIn(given), stored, schema, encrypt), stored, schema)
}

/** Every setting that the type has, with what it is by default: what a form shows. */
const complete = (config: Config, schema: JsonSchema | undefined): Config => ({
  ...Object.fromEntries(Object.entries(schema?.properties ?? {}).map(([name, one]) => [name, one.default ?? null])),
  ...config,
})

/** What is wrong with the configuration of a service that is to run; `undefined`: nothing that is known of. */
export const problemBy =
  ({ load, resolved, gateway }: ServiceRulesOptions) =>
  async (type: string, config: Config): Promise<string | undefined> => {
    try {
      await gateway()?.validate(await load(type), resolved(config, type))
      return undefined
    } catch (error) {
      if (GwError.is(error)) return error.message
      throw error
    }
  }

export const serviceRules = (options: ServiceRulesOptions): TableRules => {
  const { keys, load, schemaOf, resolved, gateway, keepUnknown = false } = options
  const place = (id: string | number) => placeOf('service', 'config', id)

  const typeFor = async (name: string): Promise<ServiceType | undefined> => {
    try {
      return await load(name)
    } catch (error) {
      if (keepUnknown) return undefined
      if (GwError.is(error)) throw invalid({ type: [error.message] })
      throw error
    }
  }
  /** A draft may be incomplete; a service that is to run may not. */
  const checkConfig = async (type: ServiceType, config: Config): Promise<void> => {
    try {
      await gateway()?.validate(type, resolved(config, type.name))
    } catch (error) {
      if (GwError.is(error)) throw invalid({ config: [error.message] })
      throw error
    }
  }
  const checkSingleton = async (type: ServiceType, { before, find }: RuleContext): Promise<void> => {
    if (!type.singleton) return
    const others = (await find('service', { type: type.name })).filter(({ id }) => id !== before?.id)
    if (others.length > 0)
      throw invalid({
        type: [`There can be only one service of the type '${type.name}', and '${others[0]!.name}' is one.`],
      })
  }

  return {
    async check(values, context) {
      const { before } = context
      if (before?.managed_by)
        throw new GwError(
          'forbidden',
          `The service '${before.name}' is defined in ${before.managed_by}: change it there.`,
        )
      const findings = new Findings()
      findings.required(values, context, 'name', 'type')
      findings.longest(values, { name: 40, label: 80 })
      if (typeof values.name === 'string' && values.name !== '' && !NAME.test(values.name))
        findings.add('name', 'Service name should only contain letters, numbers, underscores and dashes.')
      findings.settle()
      const label = plain(values.label)
      const description = plain(values.description)
      const name = typeof values.name === 'string' ? values.name.toLowerCase() : undefined
      if (before && before.deletable === false && name !== undefined && name !== before.name)
        throw invalid({ name: [`The service '${before.name}' keeps its name.`] })
      const typeName = String(values.type ?? before?.type)
      // What is only switched on or off, or renamed, needs no connector.
      const type =
        !before || Object.hasOwn(values, 'config') || typeName !== before.type ? await typeFor(typeName) : undefined
      if (type) await checkSingleton(type, context)
      return {
        ...values,
        ...(name !== undefined && { name }),
        ...(type && Object.hasOwn(values, 'type') && { type: type.name }),
        ...(Object.hasOwn(values, 'label') && { label }),
        ...(!before && { label: label || name }),
        ...(typeof description === 'string' && { description: description.slice(0, 255) }),
        ...(!before && { config: configIn(values.config) }),
        ...(Object.hasOwn(values, 'isolation') && { isolation: isolationFor(values.isolation) }),
      }
    },
    sealed: ['config'],
    async seal(values, id, { before }) {
      const typeName = String(values.type ?? before?.type)
      const schema = schemaOf(typeName)
      if (!schema && !keepUnknown)
        throw invalid({ type: [`The type '${typeName}' can not be loaded, so that its configuration stays as it is.`] })
      const wanted = toStore(values.config, configIn(before?.config), schema, (text) => keys.encrypt(text, place(id)))
      const active = (values.is_active ?? before?.is_active) === true
      if (active && schema)
        await checkConfig(
          await load(typeName),
          opened(wanted, (text) => keys.decrypt(text, place(id))),
        )
      return { config: wanted }
    },
    removing({ name, deletable, managed_by }) {
      if (managed_by)
        throw new GwError('forbidden', `The service '${name}' is defined in ${managed_by}: remove it there first.`)
      if (deletable === false) throw new GwError('forbidden', `The service '${name}' can not be deleted.`)
    },
    needs: ['id', 'type', 'managed_by'],
    present(row): Values {
      const schema = schemaOf(String(row.type))
      const config = masked(configIn(row.config), schema)
      return { ...row, config: { service_id: row.id, ...complete(config, schema) } }
    },
  }
}
