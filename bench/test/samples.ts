/** Made-up measurements. */
import type { ByRound, Run } from '../measure/rounds.ts'
import type { Circumstances, DatabaseResults, Measured, PeersResults } from '../report/results.ts'
import type { WorkloadName } from '../workloads.ts'

export const run = (perSecond: number, cpu = 10): Run => ({
  requests: perSecond,
  perSecond,
  p50: 1,
  p99: 2,
  failures: 0,
  cpu,
  databaseCpu: 5,
})

/** @param perSecond requests/s of each round, by system */
export const measured = (
  workload: WorkloadName,
  perSecond: Readonly<Record<string, readonly number[]>>,
  connections = 32,
): Measured => ({
  workload,
  connections,
  bytes: Object.fromEntries(Object.keys(perSecond).map((name) => [name, 1234])),
  runs: Object.fromEntries(
    Object.entries(perSecond).map(([name, values]) => [name, values.map((value) => run(value))]),
  ) as ByRound<Run>,
})

export const circumstances: Circumstances = {
  date: '2026-01-02',
  command: 'pnpm bench',
  machine: '2 × Abacus, 1 GB',
  node: '24.0.0',
  generator: 'wrk',
  code: 'as npm gets it',
  runs: 2,
  seconds: 1,
}

const footprint = { startup: [100, 300, 200], idle: [50], peak: 99 }

export const postgres: DatabaseResults = {
  circumstances,
  label: 'PostgreSQL',
  measured: [measured('W1', { gw: [90, 180], b: [100, 200] }), measured('W1', { gw: [50, 60], b: [100, 100] }, 1)],
  open: [{ workload: 'W1', rates: { gw: 45, b: 50 }, runs: { gw: [], b: [] } }],
  rules: measured('W1', { gw: [95, 95], unfiltered: [98, 98], open: [100, 100] }),
  footprints: { gw: footprint, b: footprint },
}

export const peers: PeersResults = {
  circumstances,
  peers: [
    { name: 'swift', label: 'Swift', version: '1.2.3', callers: 'anyone' },
    { name: 'mute', label: 'Mute & Co', version: '4.5.6', callers: 'a token' },
  ],
  measured: [
    measured('W1', { b: [100, 100], gw: [90, 90], swift: [200, 250], mute: [10, 10] }),
    measured('W6', { b: [100, 100], gw: [90, 90], swift: [50, 50] }),
  ],
  missing: [{ label: 'Absent', reason: 'nobody has it.' }],
  footprints: { gw: footprint, swift: footprint },
}
