/** From a source to the suites that it has to pass. A family is imported where a connector is of it, and not before. */
import type { ServiceType } from '@gw/core'
import type { Suite } from '../check.ts'
import { serviceSuite } from '../service/index.ts'
import type { ConformanceSource, MissingSource } from './definition.ts'

/** Capabilities that a family's suite proves, by family. */
const PROVEN: Readonly<Record<string, readonly string[]>> = {
  records: ['rowFilters', 'fieldRules', 'records', 'schema'],
  sql: ['sql'],
  files: ['files'],
  email: ['email'],
  repositories: ['repositories'],
}

const FAMILIES: {
  readonly [F in Exclude<keyof ConformanceSource, 'service' | 'close'>]-?: (
    type: ServiceType<any>,
    options: NonNullable<ConformanceSource[F]>,
    source: ConformanceSource,
  ) => Promise<Suite>
} = {
  records: async (type, options) => (await import('../records/index.ts')).recordsSuite({ type, ...options }),
  async sql(_type, options, { records }) {
    const prepare = options.prepare ?? records?.prepare
    if (!prepare) throw new Error('The definition says nowhere how the standard schema is made (prepare).')
    return (await import('../sql/index.ts')).sqlSuite({ ...options, prepare })
  },
  files: async (type, options) => (await import('../files/index.ts')).filesSuite({ type, ...options }),
  email: async (type, options) => (await import('../email/index.ts')).emailSuite({ type, ...options }),
  repositories: async (type, options) => (await import('../repos/index.ts')).repositoriesSuite({ type, ...options }),
  scripts: async (type, options) => (await import('../scripts/index.ts')).scriptsSuite({ type, ...options }),
  remote: async (type, options) => (await import('../remote/index.ts')).remoteSuite({ type, ...options }),
}

const serviceOf = async (type: ServiceType<any>, source: ConformanceSource, proven: readonly string[]) => {
  if (source.service) return serviceSuite({ type, proven, ...source.service })
  if (!source.scripts) throw new Error('The definition gives nothing for the suite of every service type (service).')
  return serviceSuite((await import('../scripts/index.ts')).scriptService({ type, ...source.scripts }))
}

/** Why a language for scripts cannot be proved here. */
export const missingLanguage = async (
  type: ServiceType<any>,
  source: ConformanceSource,
): Promise<MissingSource | undefined> => {
  const { missing } = (source.scripts && (await type.engine?.inspect())) ?? {}
  return missing === undefined ? undefined : { missing }
}

/**
 * The suites for a source, that of every service type first.
 * @throws Error where the source is not described enough
 */
export const suitesOf = async (type: ServiceType<any>, source: ConformanceSource): Promise<readonly Suite[]> => {
  const families = (Object.keys(FAMILIES) as (keyof typeof FAMILIES)[]).filter((family) => source[family])
  const proven = families.flatMap((family) => PROVEN[family] ?? [])
  const own = families.map((family) => FAMILIES[family](type, source[family] as never, source))
  return [await serviceOf(type, source, proven), ...(await Promise.all(own))]
}
