/** How a service explains itself to its readers (`_spec`): a part of the contract. */
import type { Call } from './contract.ts'

/** What a service can ask about whoever it explains itself to. */
export type Reader = Pick<Call, 'service' | 'caller' | 'access' | 'signal' | 'log'>

/** What a model of the data is to hold. */
export interface ModelRequest {
  /** The tables it is about, as the reader wrote them. Absent: all. */
  readonly tables?: readonly string[] | undefined
  /** Without examples of data, and of calls. */
  readonly stock: boolean
}

/** What `_spec` tells of a service beside its endpoints, as far as its reader may know. */
export interface Explanation {
  /** Members of the API description. From structure and rights alone: kept for each role until `catalog.changed`. */
  extensions?(reader: Reader): Readonly<Record<`x-${string}`, unknown>>
  /** What stands behind the endpoints, for programs that make calls (`_spec?model=true`). Made for each request. */
  model?(reader: Reader, request: ModelRequest): Promise<Readonly<Record<string, unknown>>>
}
