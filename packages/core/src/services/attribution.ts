/** Which services a failure belongs to that nobody waited for: by its context, and where that is lost, by its stack. */
import type { Registry } from '../discovery/index.ts'
import { type Origin, runningOrigin } from './origin.ts'
import type { Slot } from './reconcile.ts'
import { type Home, servicesIn } from './stack.ts'

export interface Attribution {
  /** Asked where the failure is reported, whose context is then still the one that it came from. */
  of(error: unknown): { readonly origin: Origin | undefined; readonly services: readonly string[] }
}

export const createAttribution = (
  slots: ReadonlyMap<string, Slot>,
  registry: Pick<Registry, 'homeOf'>,
): Attribution => {
  const homes = (): readonly Home[] =>
    [...slots.values()].flatMap(({ definition, instance }) => {
      const path = registry.homeOf?.(instance?.type.name ?? definition.type)
      return path === undefined ? [] : [{ service: definition.name, path }]
    })
  return {
    of(error) {
      const origin = runningOrigin()
      return { origin, services: origin ? [origin.service] : servicesIn(error, homes()) }
    },
  }
}
