/** What a service has of the gateway around it, as the contract has it. */
import type { LookupFunction } from 'node:net'
import type { Caller, Logger } from './contract.ts'
import type { Outgoing, OutgoingOptions } from './outgoing.ts'
import type { Standing } from './scripting.ts'
import type { State } from './state.ts'

/** What the kernel offers a service. */
export interface Host {
  /** The service's name in this gateway. */
  readonly service: string
  /** The contract version of the running kernel. */
  readonly contract: string
  readonly log: Logger
  /**
   * The only way out to an address: checks the operator's allow-list, refuses private, loopback and link-local
   * addresses in every notation, pins DNS, re-checks redirects. Throws `forbidden` for a refused address.
   */
  readonly fetch: (url: string | URL, init?: RequestInit) => Promise<Response>
  /**
   * A second `fetch` under the same rules, with connections of its own: certificates, a proxy, bounds. Opens nothing by
   * itself; the service closes it when it stops. Since 1.4.
   */
  outgoing?(options: OutgoingOptions): Outgoing
  /**
   * For a library that connects by itself: judges an address as `fetch` does, and gives the `lookup` that its sockets
   * must have (node:net), by which every address of a name is judged before it is connected to. Literal addresses are
   * not looked up: `url` has to be what is called. Throws `forbidden`. Since 1.4.
   */
  lookup?(url: string | URL): LookupFunction
  readonly state: State
  /**
   * A document that the operator keeps for services of a kind, by name or id: the `email_template` named `welcome`.
   * `undefined` where there is none. What is in it is for the family to know. Since 1.1.
   */
  document?(kind: string, key: string | number): Promise<unknown>
  /**
   * Reads from another service what this one's configuration names: as the operator, whom no access rule concerns.
   * Never for a name or a path that a caller sent. Since 1.5.
   * @param service its name or id
   * @param path below the service, as in a URL
   * @throws GwError `not_found` where there is no such service
   */
  read?(service: string | number, path: string, signal: AbortSignal): Promise<Response>
  /**
   * Calls services, as a script, on behalf of someone who called this one before, maybe in another process: under the
   * rights that they have by now. Only ever for what `standingOf` said of a caller. Since 1.6.
   * @throws GwError `forbidden` where they are gone, or may no longer call
   */
  onBehalfOf?(standing: Standing): Promise<{
    readonly caller: Caller
    fetch(path: string, init: RequestInit): Promise<Response>
  }>
  /**
   * Begins a span below the call's, for what a source is asked; what it gives ends it, and is told whether it failed.
   * Neither name nor attributes may hold anything of a caller's. Absent where no traces are wanted. Since 1.3.
   */
  readonly span?:
    | ((name: string, attributes: Readonly<Record<string, string>>) => (failed: boolean) => void)
    | undefined
  /** The absolute form of a path from the configuration; relative ones start at the configuration's folder. */
  resolvePath(path: string): string
  /** Publishes `<service>.<event>`; `catalog.changed` makes the kernel read `endpoints` and `resources` again. */
  emit(event: string, payload: object): void
}
