import type { State } from '../contract.ts'
import { type Documents, NO_DOCUMENTS, stateOver } from './documents.ts'

/** Keeps services' documents until the process ends: for tests, and for gateways that write nothing to disk. */
export const createMemoryState = (): ((service: string) => State) => {
  const services = new Map<string, Documents>()
  return (service) =>
    stateOver({
      read: async () => services.get(service) ?? NO_DOCUMENTS,
      async update(change) {
        const { documents, result } = change(services.get(service) ?? NO_DOCUMENTS)
        if (documents) services.set(service, documents)
        return result
      },
    })
}
