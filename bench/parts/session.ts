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
