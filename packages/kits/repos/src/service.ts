/** A host of repositories → a service type. */
import { defineServiceType, GwError, type Output, type Resource, type Schema, type ServiceType } from '@gw/core'
import type { RepositoriesConfig } from './config.ts'
import { answered, type ServiceContext } from './context.ts'
import { discussionEndpoints } from './discussions.ts'
import { told } from './failure.ts'
import { fileEndpoints } from './files.ts'
import type { RepositoryProvider } from './host.ts'
import { canonicalComponent } from './names.ts'
import { repositoryAndHistoryEndpoints } from './repositories.ts'
import { componentOf } from './rights.ts'
import { createSourceFetch } from './source-fetch.ts'
import { wireEndpoints } from './wire.ts'

declare module '@gw/core' {
  interface Capabilities {
    /** Repositories, their files, issues and pull requests. */
    readonly repositories?: boolean
  }
}

/** How long the health check waits for the host, in milliseconds. */
const HEALTH_TIMEOUT = 10_000
/** Of so many repositories roles can be offered the names; rules may name any. */
const MOST_RESOURCES = 1_000

const resourcesOf = async ({ host }: ServiceContext, signal: AbortSignal): Promise<readonly Resource[]> => {
  const found: Resource[] = []
  let page: string | undefined
  do {
    const { items, next } = await host.repositories({ page, perPage: 100 }, signal)
    // Access rules do not tell upper from lower case, and neither do hosts.
    for (const { value } of items)
      found.push({ component: componentOf(value.name.toLowerCase()), kind: 'repository', label: value.name })
    page = next === page ? undefined : next
  } while (page !== undefined && found.length < MOST_RESOURCES)
  return found
}

/** What a source control connector default-exports: `defineRepositoryServiceType({ name: 'github', … })`. */
export const defineRepositoryServiceType = <S extends Schema<any, RepositoriesConfig>>(
  provider: RepositoryProvider<S>,
): ServiceType<S> =>
  defineServiceType<S>({
    contract: 1,
    name: provider.name,
    ...(provider.aliases && { aliases: provider.aliases }),
    label: provider.label,
    description: provider.description,
    group: 'Source Control',
    config: provider.config,
    capabilities: { repositories: true },
    create(config: Output<S>, host) {
      const { writable, cache_size } = config as RepositoriesConfig
      const source = createSourceFetch(host.fetch, { cacheSize: cache_size })
      const context: ServiceContext = {
        host: provider.open(config, host, source.fetch),
        source,
        classify: provider.classify,
      }
      return {
        endpoints: [
          ...wireEndpoints(context),
          ...repositoryAndHistoryEndpoints(context, writable),
          ...fileEndpoints(context, writable),
          ...discussionEndpoints(context, writable),
        ].map((each) => answered(context, each)),
        canonical: canonicalComponent,
        resources: (signal) =>
          resourcesOf(context, signal).catch((error: unknown) => {
            throw told(error, provider.classify)
          }),
        async health(signal) {
          const within = AbortSignal.any([signal, AbortSignal.timeout(HEALTH_TIMEOUT)])
          try {
            await context.host.verify(within)
          } catch (error) {
            if (!within.aborted || signal.aborted) throw told(error, provider.classify)
            throw new GwError('upstream_timeout', 'The host did not answer in time. Try again later.', { cause: error })
          }
        },
        flush: async () => source.flush(),
      }
    },
  })
