/**
 * Open-loop load: requests begin at a constant rate, whether those before have been answered or not, and each one's
 * time counts from when it was due. A system that stalls is thus charged for every caller who had to wait, not only
 * for those that a closed loop got to send (coordinated omission). In a process of its own: open-process.ts.
 */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { System } from '../systems/process.ts'
import type { HttpRequest } from '../workloads.ts'

export interface OpenLoad {
  /** requests/s */
  readonly rate: number
  readonly seconds: number
  readonly connections: number
}
export interface OpenSample {
  readonly requests: number
  /** ms */
  readonly p50: number
  readonly p99: number
  /** How long the generator itself was away between two looks at its clock, 99th percentile, ms: it could not tell less. */
  readonly lag: number
  readonly failures: number
  /** 99th percentile of those that were answered with 2xx, ms; 0 where none was. */
  readonly goodP99: number
}
/** What the process is told. */
export interface OpenOrder extends OpenLoad {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly requests: readonly HttpRequest[]
}

const run = promisify(execFile)

export const generateOpen = async (
  { url, headers }: System,
  requests: readonly HttpRequest[],
  load: OpenLoad,
): Promise<OpenSample> => {
  const order: OpenOrder = { ...load, url, headers, requests }
  const started = run(process.execPath, [join(import.meta.dirname, 'open-process.ts')])
  started.child.stdin?.end(JSON.stringify(order))
  return JSON.parse((await started).stdout) as OpenSample
}
