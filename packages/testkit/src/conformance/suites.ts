/** From a source to the suites that it has to pass. A family is imported where a connector is of it, and not before. */
import type { ServiceType } from '@gw/core'
import type { Suite } from '../check.ts'
import { serviceSuite } from '../service/index.ts'
import type { ConformanceSource, MissingSource } from './definition.ts'

/** A family's suite, and the capabilities that it proves. */
interface Family {
  readonly suite: Suite
  readonly proven: readonly string[]
}

const FAMILIES: {
  readonly [F in Exclude<keyof ConformanceSource, 'service' | 'close'>]-?: (
    type: ServiceType<any>,
    options: NonNullable<ConformanceSource[F]>,
    source: ConformanceSource,
  ) => Promise<Family>
} = {
  async records(type, options) {
    const { RECORDS_PROVEN, recordsSuite } = await import('../records/index.ts')
    return { suite: recordsSuite({ type, ...options }), proven: RECORDS_PROVEN }
  },
  async sql(_type, options, { records }) {
    const prepare = options.prepare ?? records?.prepare
    if (!prepare) throw new Error('The definition says nowhere how the standard schema is made (prepare).')
    const { SQL_PROVEN, sqlSuite } = await import('../sql/index.ts')
    return { suite: sqlSuite({ ...options, prepare }), proven: SQL_PROVEN }
  },
  async files(type, options) {
    const { FILES_PROVEN, filesSuite } = await import('../files/index.ts')
    return { suite: filesSuite({ type, ...options }), proven: FILES_PROVEN }
  },
  async email(type, options) {
    const { EMAIL_PROVEN, emailSuite } = await import('../email/index.ts')
    return { suite: emailSuite({ type, ...options }), proven: EMAIL_PROVEN }
  },
  async repositories(type, options) {
    const { REPOSITORIES_PROVEN, repositoriesSuite } = await import('../repos/index.ts')
    return { suite: repositoriesSuite({ type, ...options }), proven: REPOSITORIES_PROVEN }
  },
  async scripts(type, options) {
    return { suite: (await import('../scripts/index.ts')).scriptsSuite({ type, ...options }), proven: [] }
  },
  async remote(type, options) {
    return { suite: (await import('../remote/index.ts')).remoteSuite({ type, ...options }), proven: [] }
  },
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
  const own = await Promise.all(families.map((family) => FAMILIES[family](type, source[family] as never, source)))
  const proven = own.flatMap((family) => family.proven)
  return [await serviceOf(type, source, proven), ...own.map(({ suite }) => suite)]
}
