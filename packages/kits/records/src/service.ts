/** A source of records with a catalogue that is looked at again → a running service. */
import type { Host, Service } from '@gw/core'
import { cachedSource } from './cache.ts'
import type { Catalog } from './catalog.ts'
import type { CatalogCache } from './catalog-cache.ts'
import { cacheOptions, type RecordsConfig, recordsOptions } from './config.ts'
import { recordsEndpoints } from './endpoints/index.ts'
import { recordsExplanation } from './explain/index.ts'
import { withExtras } from './extras/decorate.ts'
import { extrasStore } from './extras/store.ts'
import { recordsCanonical, recordsResources, routineResources } from './resources.ts'
import type { RecordsSource } from './source.ts'

declare module '@gw/core' {
  interface Capabilities {
    /** Tables can be made, changed and dropped. */
    readonly schema?: boolean
    /** Records are documents, in collections that can be made and dropped; see `RecordsCapabilities.documents`. */
    readonly documents?: boolean
  }
}

/** How long a look at the source's structure may take that was asked for, in milliseconds. */
const FLUSH_TIMEOUT = 60_000
/** How long the health check waits for the source, in milliseconds. */
const HEALTH_TIMEOUT = 5_000

export interface OpenedSource {
  readonly source: RecordsSource
  readonly catalog: CatalogCache
  /** Really reaches the source. */
  ping(signal: AbortSignal): Promise<void>
  /** Before the first look: finds out what the source can do. */
  greet?(signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

/**
 * @param open makes the source without I/O; it is given the catalogue by the names that callers use, for failures to be
 *   told by
 */
export const recordsService = (
  config: RecordsConfig,
  host: Host,
  open: (named: () => Catalog) => OpenedSource,
): Service => {
  const { source: bare, catalog, ping, greet, close } = open(() => source.catalog())
  const extras = extrasStore(host.state, () => host.emit('catalog.changed', {}))
  const source: RecordsSource = withExtras(bare, extras)
  const cached = cachedSource(source, cacheOptions(config))
  const options = recordsOptions(config)
  return {
    endpoints: recordsEndpoints(cached, options, extras),
    async start(signal) {
      await extras.load()
      await greet?.(signal)
      await catalog.refresh(signal)
      catalog.watch()
    },
    health: (signal) => ping(AbortSignal.any([signal, AbortSignal.timeout(HEALTH_TIMEOUT)])),
    resources: async (signal) => [...recordsResources(source), ...(await routineResources(source, signal))],
    canonical: recordsCanonical(source),
    explanation: recordsExplanation(source, options),
    async flush() {
      // A look at the structure forgets answers, too.
      await cached.refresh(AbortSignal.timeout(FLUSH_TIMEOUT))
    },
    async stop() {
      catalog.stop()
      await close()
    },
  }
}
