/** What a governance and the kernel lend each other: service types one way, a look at the running services the other. */

import type { CorsRule } from '../configuration/schema.ts'
import { type Logger, METHODS, type ServiceType } from '../contract.ts'
import { createCors } from '../edge/index.ts'
import type { Governance, RunningGateway, RunningService } from '../governance.ts'
import { permits, touches } from '../policy/access.ts'
import { validateConfig } from './instance.ts'
import type { Slot } from './reconcile.ts'

interface Types {
  load(name: string): Promise<ServiceType>
}

const governed = new WeakSet<ServiceType>()

/** Whether a type belongs to the governance, whose endpoints may be open to everyone. */
export const isGoverned = (type: ServiceType): boolean => governed.has(type)

/** A governance's own service types go first: no connector can take the place of `system`. */
export const governedTypes = ({ serviceTypes = [] }: Governance, types: Types): Types => {
  for (const type of serviceTypes) governed.add(type)
  return {
    load: (name) => {
      const own = serviceTypes.find((type) => type.name === name)
      return own ? Promise.resolve(own) : types.load(name)
    },
  }
}

const runningService = ({ definition, state, reason, since, instance }: Slot): RunningService => {
  const { flush, canonical } = instance?.service ?? {}
  return {
    definition,
    state,
    reason,
    since,
    type: instance?.type,
    endpoints: instance?.service.endpoints ?? [],
    resources: (signal) => instance?.resources(signal) ?? Promise.resolve([]),
    ...(canonical && { canonical }),
    ...(flush && { flush }),
  }
}

export const runningGateway = (
  slots: ReadonlyMap<string, Slot>,
  lent: Pick<RunningGateway, 'fetch' | 'host' | 'probe' | 'observations'>,
): RunningGateway => ({
  services: () => [...slots.values()].map(runningService),
  validate: validateConfig,
  ...lent,
  permits: (identity, service, component) =>
    component === undefined
      ? touches(identity, service)
      : METHODS.some((method) => permits(identity, service, component, method)),
})

/** A rule that can not be used is left out, so that it takes nothing away from the others. */
const usable = (rules: readonly CorsRule[], log: Logger): readonly CorsRule[] =>
  rules.filter((rule) => {
    try {
      createCors([rule])
      return true
    } catch (error) {
      log.warn('a CORS rule is left out', { path: rule.path, reason: (error as Error).message })
      return false
    }
  })

/** The rules of `gw.config` and those of the governance, as they are at the moment; compiled when they change. */
export const governedCors = (
  configured: readonly CorsRule[],
  governance: Governance,
  log: Logger,
): ReturnType<typeof createCors> => {
  const fixed = createCors(configured)
  if (!governance.cors) return fixed
  let from: readonly CorsRule[] | undefined
  let current = fixed
  return (method, headers, path) => {
    const rules = governance.cors!()
    if (rules !== from) {
      from = rules
      current = createCors([...configured, ...usable(rules, log)])
    }
    return current(method, headers, path)
  }
}
