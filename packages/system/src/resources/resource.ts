/** What a part of `system/*` is made of. */
import type { Caller, Endpoint, Host } from '@gw/core'
import type {
  DiscoveryProblem,
  GovernanceContext,
  Identity,
  InstalledPackage,
  RunningGateway,
} from '@gw/core/governance'
import type { Collection, RecordsSource } from '@gw/records'
import type { AccountConfig, AccountParts } from '../account/parts.ts'
import type { Counters } from '../limits/counters.ts'
import type { ServiceRulesOptions } from '../rules/service.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import type { TransferParts } from '../transfer/parts.ts'

export interface SystemParts {
  readonly account: AccountParts
  readonly source: RecordsSource
  readonly types: GovernanceContext['types']
  /** Packages as they were discovered. */
  installed(): { readonly packages: readonly InstalledPackage[]; readonly problems: readonly DiscoveryProblem[] }
  snapshot(): Snapshot
  /** Of calls, for the limits. */
  readonly counters: Counters
  /** Who a caller is to policy. */
  identityOf(caller: Caller): Identity | undefined
  /** Of this package. */
  readonly version: string
  /** Absent before the gateway has started. */
  gateway(): RunningGateway | undefined
  /** The endpoints of a table as a collection. */
  collection(collection: Omit<Collection, 'access'>): readonly Endpoint[]
  /** How configurations of services are stored and read. */
  readonly services: ServiceRulesOptions
  /** The whole configuration, in and out. */
  readonly transfer: TransferParts
  /** Reads everything anew, and brings the services to what is wanted. */
  reload(): Promise<void>
  /** Lets the other nodes forget, too, what these services keep. */
  outdate(services: readonly string[]): Promise<void>
}

/** One name below `system/`. */
export interface SystemResource {
  readonly name: string
  readonly label: string
  readonly description: string
  readonly readOnly?: true
  /**
   * @param settings of the service `system`
   * @param host of the service `system`, whose `fetch` is the way out to an address
   */
  endpoints(parts: SystemParts, settings: AccountConfig, host: Pick<Host, 'fetch'>): readonly Endpoint[]
}
