/** The store as a command at the terminal moves configuration in and out of it: nothing runs, nobody is told. */
import type { ServiceType } from '@gw/core'
import { coerceScalars, type GovernanceContext } from '@gw/core/governance'
import { userConfig } from '../account/user-config.ts'
import { auditTrail } from '../audit/trail.ts'
import { systemConfig } from '../config.ts'
import { oidcConfig } from '../external/oidc-config.ts'
import { carriedRules } from '../rules/carried.ts'
import { ruledSource } from '../rules/source.ts'
import type { JsonSchema } from '../secrets/config.ts'
import { openKeyring } from '../secrets/keyring.ts'
import { systemConfigType } from '../service.ts'
import { migrate } from '../store/migrate.ts'
import { openStore, type Store } from '../store/open.ts'
import { revisionTable } from '../store/revision.ts'
import type { TransferParts } from './parts.ts'

const PATIENCE = 600_000

/** Types of this package, as far as their configurations go. */
const OWN: Readonly<Record<string, Pick<ServiceType, 'name' | 'singleton' | 'config'>>> = {
  system: { name: 'system', singleton: true, config: systemConfigType },
  user: { name: 'user', singleton: true, config: userConfig },
  oidc: { name: 'oidc', config: oidcConfig },
}

export const schemaOfType = (type: Pick<ServiceType, 'config'>): JsonSchema =>
  type.config['~standard'].jsonSchema.input({ target: 'draft-2020-12' }) as JsonSchema

/** @returns what is wrong with it; `undefined`: nothing */
const problemWith = async (type: ServiceType, config: object): Promise<string | undefined> => {
  const schema = type.config['~standard']
  const { issues } = await schema.validate(coerceScalars(config, schema.jsonSchema.input({ target: 'draft-07' })))
  if (!issues) return undefined
  const problems = issues.map(({ path = [], message }) => {
    const at = path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.')
    return `config${at && `.${at}`}: ${message}`
  })
  return `The configuration is not valid for type '${type.name}'. ${problems.join('; ')}`
}

export interface OpenedTransfer extends TransferParts {
  readonly store: Store
  close(): Promise<void>
}

/**
 * @param via what the audit trail calls the command
 * @throws ConfigurationError where the store can not be opened
 */
export const openTransfer = async (context: GovernanceContext, via: string): Promise<OpenedTransfer> => {
  const settings = systemConfig(context.config)
  const store = await openStore(settings, context)
  try {
    await migrate(store, context.log, AbortSignal.timeout(PATIENCE))
    const keys = await openKeyring(settings.key, store.directory)
    const schemas = new Map<string, JsonSchema>()
    const load = async (name: string): Promise<ServiceType> => {
      const type = (OWN[name] as ServiceType | undefined) ?? (await context.types.load(name))
      schemas.set(name, schemaOfType(type))
      return type
    }
    const schemaOf = (type: string) => schemas.get(type)
    const rules = carriedRules(keys, settings.codes.ttl * 60_000, {
      keys,
      load,
      schemaOf,
      resolved: (config) => config,
      // What is to run has been looked at before.
      gateway: () => undefined,
    })
    const source = ruledSource({
      source: store.source,
      revisions: revisionTable(store),
      rules,
      trail: auditTrail({ source: store.source, rules, via }),
      committed: async () => {},
    })
    return {
      store,
      stored: store.source,
      source,
      keys,
      load,
      schemaOf,
      problem: async (type, config) => problemWith(await load(type), config),
      close: store.close,
    }
  } catch (error) {
    await store.close()
    throw error
  }
}
