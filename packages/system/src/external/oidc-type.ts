/** The service type `oidc`: it serves nothing by itself; `user/session` signs people in with it. */
import { defineServiceType, type ServiceType } from '@gw/core'
import { oidcConfig } from './oidc-config.ts'
import { type OidcProvider, oidcProvider } from './oidc-provider.ts'

/** The providers that run, by the names of their services. */
export type Providers = ReadonlyMap<string, OidcProvider>

export interface OidcType {
  readonly type: ServiceType
  readonly providers: Providers
}

export const oidcServiceType = (): OidcType => {
  const providers = new Map<string, OidcProvider>()
  const type = defineServiceType({
    contract: 1,
    name: 'oidc',
    label: 'OpenID Connect',
    description: 'People sign in with a provider elsewhere.',
    group: 'OAuth',
    config: oidcConfig,
    create(config, host) {
      const provider = oidcProvider(config, host)
      return {
        endpoints: [],
        async start() {
          providers.set(host.service, provider)
        },
        async stop() {
          // One that has changed has taken the place already.
          if (providers.get(host.service) === provider) providers.delete(host.service)
        },
      }
    },
  })
  return { type, providers }
}
