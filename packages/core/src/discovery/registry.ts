import type { ServiceType } from '../contract.ts'

/** A service type that an installed package says it offers. */
export interface RegisteredType {
  readonly name: string
  readonly package: string
  readonly version: string
  /** The range of contract versions it was written for. */
  readonly contract: string
}

/** Why a package, or a part of it, is of no use here. */
export interface DiscoveryProblem {
  readonly package: string
  readonly reason: string
}

/** The service types at hand. Nothing of a package runs until `load` asks for one of its types. */
export interface Registry {
  types(): readonly RegisteredType[]
  readonly problems: readonly DiscoveryProblem[]
  /**
   * Imports a type, once. An alias resolves to its type.
   * @throws GwError `unavailable` with a readable reason: not installed, unknown, offered twice, broken, wrong contract.
   */
  load(type: string): Promise<ServiceType>
}
