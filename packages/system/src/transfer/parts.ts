/** What moving configuration needs of the store, in a running gateway and at the terminal alike. */
import type { ServiceType } from '@gw/core'
import type { RecordsSource } from '@gw/records'
import type { JsonSchema } from '../secrets/config.ts'
import type { Keyring } from '../secrets/keyring.ts'

export interface TransferParts {
  /** The store itself. */
  readonly stored: RecordsSource
  /** The store with its rules; a service whose connector is missing may be stored. */
  readonly source: RecordsSource
  readonly keys: Keyring
  /** @throws GwError where there is no such type */
  load(type: string): Promise<ServiceType>
  /** Of a type that was loaded. */
  schemaOf(type: string): JsonSchema | undefined
  /** What is wrong with a configuration that is to run; `undefined`: nothing. */
  problem(type: string, config: Readonly<Record<string, unknown>>): Promise<string | undefined>
}
