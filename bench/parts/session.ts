/** What all parts of a run share. */
import type { Generator } from '../load/closed.ts'
import type { Options } from '../options.ts'
import type { Progress } from '../progress.ts'
import type { Circumstances } from '../report/results.ts'
import type { GatewayCode } from '../systems/gateway.ts'

export interface Session {
  readonly options: Options
  readonly code: GatewayCode
  readonly generate: Generator
  readonly progress: Progress
  readonly circumstances: Circumstances
}

/** Ports of the systems: below those that the system takes for outgoing connections. */
export const PORTS = { gateway: 18_901, baseline: 18_902, open: 18_903, others: 18_910 } as const
