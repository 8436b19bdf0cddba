/** What an author says once, for the connector's own tests and for `gw conformance`: how to reach a source. */
import type { ServiceType } from '@gw/core'
import type { EmailConformanceOptions } from '../email/index.ts'
import type { FilesConformanceOptions } from '../files/index.ts'
import type { RecordsConformanceOptions } from '../records/index.ts'
import type { RemoteConformanceOptions } from '../remote/index.ts'
import type { RepositoriesConformanceOptions } from '../repos/index.ts'
import type { ScriptsConformanceOptions } from '../scripts/index.ts'
import type { ConformanceOptions } from '../service/index.ts'
import type { SqlConformanceOptions } from '../sql/index.ts'

type Without<T, K extends string = 'type'> = Omit<T, K>

/** A source that is up, for the suite of every service type and for those of the connector's family. */
export interface ConformanceSource {
  /** For the suite of every service type. A language for scripts may leave it out. */
  readonly service?: Without<ConformanceOptions, 'type' | 'proven'>
  /** Serves `_table`. */
  readonly records?: Without<RecordsConformanceOptions>
  /** Is a SQL dialect; `prepare` is that of `records`, if it has none of its own. */
  readonly sql?: Without<SqlConformanceOptions, 'prepare'> & Partial<Pick<SqlConformanceOptions, 'prepare'>>
  readonly files?: Without<FilesConformanceOptions>
  readonly email?: Without<EmailConformanceOptions>
  readonly repositories?: Without<RepositoriesConformanceOptions>
  readonly scripts?: Without<ScriptsConformanceOptions>
  /** Calls a service over HTTP. */
  readonly remote?: Without<RemoteConformanceOptions>
  close?(): void | Promise<void>
}

/** There is nothing here that the connector could be proved against. */
export interface MissingSource {
  /** Why, in a sentence that says what to do: `Set POSTGRES_URL to a server whose databases may be made and dropped.` */
  readonly missing: string
}

export interface ConformanceDefinition {
  readonly type: ServiceType<any>
  /** Brings a source up. Called once for each run. */
  open(): ConformanceSource | MissingSource | Promise<ConformanceSource | MissingSource>
}

/**
 * Says how a connector is proved. The default export of `gw.conformance.ts` beside the package's manifest.
 *
 * @example
 * export default defineConformance({
 *   type: holidays,
 *   async open() {
 *     const source = await startHolidays()
 *     return {
 *       service: { config: { base_url: source.url, api_key: 'k' }, invalid: [{}] },
 *       close: () => source.close(),
 *     }
 *   },
 * })
 */
export const defineConformance = (definition: ConformanceDefinition): ConformanceDefinition => definition

export const isMissing = (source: ConformanceSource | MissingSource): source is MissingSource => 'missing' in source
