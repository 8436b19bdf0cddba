/** What every endpoint of a service works with, and what each is wrapped in. */
import type { Endpoint } from '@gw/core'
import { type HostFailure, told } from './failure.ts'
import type { RepositoryHost } from './host.ts'
import type { SourceFetch } from './source-fetch.ts'

export interface ServiceContext {
  readonly host: RepositoryHost
  readonly source: SourceFetch
  classify(error: unknown): HostFailure | undefined
}

/** An endpoint that tells failures in the family's words, and what is left of the host's rate limit with every answer. */
export const answered = ({ source, classify }: ServiceContext, endpoint: Endpoint): Endpoint => ({
  ...endpoint,
  async handle(call) {
    try {
      return await endpoint.handle(call)
    } catch (error) {
      // Whoever left hears nothing.
      throw call.signal.aborted ? call.signal.reason : told(error, classify)
    } finally {
      for (const [name, value] of Object.entries(source.quota.headers())) call.sendHeader?.(name, value)
    }
  },
})
