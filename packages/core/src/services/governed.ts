/** What a governance and the kernel lend each other: service types one way, a look at the running services the other. */
import type { ServiceType } from '../contract.ts'
import { METHODS } from '../contract.ts'
import type { Governance, RunningGateway, RunningService } from '../governance.ts'
import { permits, touches } from '../policy/access.ts'
import { validateConfig } from './instance.ts'
import type { Slot } from './reconcile.ts'

interface Types {
  load(name: string): Promise<ServiceType>
}

/** A governance's own service types go first: no connector can take the place of `system`. */
export const governedTypes = ({ serviceTypes = [] }: Governance, types: Types): Types => ({
  load: (name) => {
    const own = serviceTypes.find((type) => type.name === name)
    return own ? Promise.resolve(own) : types.load(name)
  },
})

const runningService = ({ definition, state, reason, instance }: Slot): RunningService => {
  const flush = instance?.service.flush
  return {
    definition,
    state,
    reason,
    type: instance?.type,
    endpoints: instance?.service.endpoints ?? [],
    resources: (signal) => instance?.resources(signal) ?? Promise.resolve([]),
    ...(flush && { flush: () => flush.call(instance.service) }),
  }
}

export const runningGateway = (slots: ReadonlyMap<string, Slot>): RunningGateway => ({
  services: () => [...slots.values()].map(runningService),
  validate: validateConfig,
  permits: (identity, service, component) =>
    component === undefined
      ? touches(identity, service)
      : METHODS.some((method) => permits(identity, service, component, method)),
})
