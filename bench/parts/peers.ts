/** gw and other software on PostgreSQL, all beside b in the same rounds. */
import { freePort } from '../../scripts/backends/postgres.ts'
import type { BenchDatabase } from '../databases/database.ts'
import { openPostgres } from '../databases/postgres.ts'
import { compare } from '../measure/compare.ts'
import { type Footprint, startMeasured } from '../measure/footprint.ts'
import { interleave, measureRun, warmUp } from '../measure/rounds.ts'
import { USUAL_CONNECTIONS } from '../options.ts'
import type { Measured, PeerFacts, PeersResults } from '../report/results.ts'
import { ratiosOf } from '../report/tables.ts'
import { median } from '../statistics.ts'
import { startBaseline } from '../systems/baseline.ts'
import { startGateway } from '../systems/gateway.ts'
import { installPeer } from '../systems/peers/install.ts'
import type { Peer } from '../systems/peers/peer.ts'
import { NOT_INSTALLABLE, PEERS } from '../systems/peers/peers.ts'
import { VERSIONS } from '../systems/peers/versions.ts'
import type { Target } from '../systems/target.ts'
import { WORKLOADS, type Workload } from '../workloads.ts'
import type { Session } from './session.ts'

interface Running {
  readonly target: Target
  footprint(): Footprint
}
/** What every peer has words for. */
const WARMING = WORKLOADS[0]!
/** Answers that one run should have: a slow system gets a second more. */
const ENOUGH = 200

export const measurePeers = async (session: Session): Promise<PeersResults> => {
  const { options, code, progress, circumstances } = session
  const { installed, missing } = await install(session)
  const database = await openPostgres(options.pool)
  const running: Running[] = []
  const known: PeerFacts[] = []
  try {
    progress.say('Peers: loading 100,000 customers and 500,000 orders …')
    await database.load({ orders: true })
    running.push(await startMeasured(1, () => startBaseline(database, options.pool)))
    running.push(await startMeasured(1, () => startGateway({ database, code })))
    for (const { peer, folder } of installed) {
      const { name, label, callers } = peer
      progress.say(`Peers: starting ${label} …`)
      const place = { folder, database, address: database.address!, pool: options.pool, port: await freePort() }
      try {
        running.push(await startMeasured(1, () => peer.start(place)))
        known.push({ name, label, callers, version: Object.values<string>(VERSIONS[name])[0] ?? '' })
      } catch (error) {
        missing.push({ label, reason: `it did not start: ${firstLine(error)}` })
      }
    }
    const targets = running.map(({ target }) => target)
    await warmUp({ database, generate: session.generate }, targets, WARMING, USUAL_CONNECTIONS)
    const measured: Measured[] = []
    for (const workload of options.workloads) {
      measured.push(await measureWorkload(session, database, workload, running, missing))
    }
    const footprints = Object.fromEntries(running.map(({ target, footprint }) => [target.name, footprint()]))
    return { circumstances, peers: known, measured, missing: [...missing, ...NOT_INSTALLABLE], footprints }
  } finally {
    await Promise.all(running.map(({ target }) => target.stop()))
    await database.stop()
  }
}

type Missing = { readonly label: string; readonly reason: string }

const install = async ({ progress }: Session) => {
  const installed: { readonly peer: Peer; readonly folder: string }[] = []
  const missing: Missing[] = []
  for (const peer of PEERS) {
    progress.say(`Peers: installing ${peer.label} where that has not been done …`)
    try {
      installed.push({ peer, folder: await installPeer(peer.name) })
    } catch (error) {
      missing.push({ label: peer.label, reason: firstLine(error) })
    }
  }
  return { installed, missing }
}

const measureWorkload = async (
  { options, generate, progress }: Session,
  database: BenchDatabase,
  workload: Workload,
  running: readonly Running[],
  missing: Missing[],
): Promise<Measured> => {
  const bench = { database, generate }
  const baseline = running[0]!.target
  const bytes: Record<string, number> = {}
  const seconds: Record<string, number> = {}
  const targets: Target[] = []
  for (const { target } of running) {
    try {
      const size = await compare(workload, target, baseline, target.name === 'gw')
      if (size === undefined) continue
      bytes[target.name] = size
      const warm = await measureRun(bench, target, workload, { connections: USUAL_CONNECTIONS, seconds: 1 })
      seconds[target.name] = options.seconds + (warm.perSecond * options.seconds < ENOUGH ? 1 : 0)
      targets.push(target)
    } catch (error) {
      missing.push({ label: `${target.name}, ${workload.name}`, reason: firstLine(error) })
    }
  }
  const runs = await interleave(targets, options.runs, (target) =>
    measureRun(bench, target, workload, { connections: USUAL_CONNECTIONS, seconds: seconds[target.name]! }),
  )
  const measured = { workload: workload.name, connections: USUAL_CONNECTIONS, bytes, runs }
  const ratios = targets.slice(1).map(({ name }) => `${name} ${median(ratiosOf(measured, name)).toFixed(2)}`)
  progress.step(`peers ${workload.name} ${workload.label}, of b: ${ratios.join(', ')}`)
  return measured
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n').find((line) => line.trim() !== '') ??
  'no reason given'
