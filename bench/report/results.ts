/** What is measured, as it is kept: every sample, in bench/results. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import type { OpenSample } from '../load/open.ts'
import type { Footprint } from '../measure/footprint.ts'
import type { ByRound, Run } from '../measure/rounds.ts'
import type { WorkloadName } from '../workloads.ts'

export interface Circumstances {
  readonly date: string
  readonly command: string
  readonly machine: string
  readonly node: string
  /** The load generator. */
  readonly generator: string
  /** Which gateway: built, or from source. */
  readonly code: string
  readonly runs: number
  readonly seconds: number
}

export interface Measured {
  readonly workload: WorkloadName
  readonly connections: number
  /** An answer's size. */
  readonly bytes: Readonly<Record<string, number>>
  readonly runs: ByRound<Run>
}
export interface OpenMeasured {
  readonly workload: WorkloadName
  /** Half of what each system answered in a closed loop, requests/s. */
  readonly rates: Readonly<Record<string, number>>
  readonly runs: ByRound<OpenSample>
}

export interface DatabaseResults {
  readonly circumstances: Circumstances
  readonly label: string
  readonly measured: readonly Measured[]
  readonly open: readonly OpenMeasured[]
  /** The gateway with its rules, with fewer, and without. */
  readonly rules?: Measured | undefined
  readonly footprints: Readonly<Record<string, Footprint>>
}

export interface PeerFacts {
  readonly name: string
  readonly label: string
  readonly version: string
  /** How callers are known to it. */
  readonly callers: string
}
export interface PeersResults {
  readonly circumstances: Circumstances
  readonly peers: readonly PeerFacts[]
  readonly measured: readonly Measured[]
  /** What could not be measured, and why. */
  readonly missing: readonly { readonly label: string; readonly reason: string }[]
  readonly footprints: Readonly<Record<string, Footprint>>
}

export interface StatementRuns {
  readonly workload: WorkloadName
  readonly perSecond: readonly number[]
}
export interface CeilingResults {
  readonly circumstances: Circumstances
  /** Answers of a workload's bytes, from servers that ask no database, and from b and gw, which do. */
  readonly http: readonly Measured[]
  /** The statements alone, by pgbench. */
  readonly statements: readonly StatementRuns[]
  /** Why those are missing. */
  readonly statementsMissing?: string | undefined
  /** Connections of pgbench. */
  readonly clients: number
}

export interface Results {
  readonly postgres?: DatabaseResults | undefined
  readonly mariadb?: DatabaseResults | undefined
  readonly sqlite?: DatabaseResults | undefined
  readonly peers?: PeersResults | undefined
  readonly ceiling?: CeilingResults | undefined
}

export const circumstancesOf = (
  facts: Pick<Circumstances, 'command' | 'generator' | 'code' | 'runs' | 'seconds'>,
): Circumstances => ({
  ...facts,
  date: new Date().toISOString().slice(0, 10),
  machine: `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${(totalmem() / 2 ** 30).toFixed(0)} GB`,
  node: process.versions.node,
})

const FOLDER = join(dirname(import.meta.dirname), 'results')
const fileOf = (part: keyof Results) => join(FOLDER, 'latest', `${part}.json`)

/** Keeps a part twice: as the latest, and by its time. */
export const keep = <P extends keyof Results>(part: P, results: NonNullable<Results[P]>): void => {
  const text = JSON.stringify(results, null, 1)
  mkdirSync(join(FOLDER, 'latest'), { recursive: true })
  writeFileSync(fileOf(part), text)
  writeFileSync(join(FOLDER, `${new Date().toISOString().replace(/[:.]/g, '-')}-${part}.json`), text)
}

/** The latest of every part that was measured on this machine. */
export const kept = (): Results =>
  Object.fromEntries(
    (['postgres', 'mariadb', 'sqlite', 'peers', 'ceiling'] as const)
      .filter((part) => existsSync(fileOf(part)))
      .map((part) => [part, JSON.parse(readFileSync(fileOf(part), 'utf8'))]),
  )
