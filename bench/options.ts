/** What `pnpm bench` can be told. */
import { parseArgs } from 'node:util'
import type { DatabaseName } from './databases/database.ts'
import { DATABASES } from './databases/open.ts'
import { WORKLOADS, type Workload } from './workloads.ts'

/** What is measured: gw and b on databases, other software beside them, or what there is without any of them. */
export type Part = 'databases' | 'peers' | 'ceiling'

export interface Options {
  readonly parts: readonly Part[]
  readonly databases: readonly DatabaseName[]
  readonly workloads: readonly Workload[]
  /** Connections of a closed loop; the middle one is the one that everything else is measured with. */
  readonly connections: readonly number[]
  /** Rounds, each with one run of each system. */
  readonly runs: number
  /** Of one run. */
  readonly seconds: number
  /** Connections to the database. */
  readonly pool: number
  /** gw from source, in place of the built packages. */
  readonly source: boolean
  /** Write a CPU profile of the gateway into bench/results. */
  readonly profile: boolean
  /** Write docs/performance.md. */
  readonly report: boolean
  /** Compare with the recorded ratios, and fail where gw has become slower. */
  readonly check: boolean
  /** Record the ratios that `check` compares with. */
  readonly record: boolean
}

/** What everything but the levels of concurrency is measured with. */
export const USUAL_CONNECTIONS = 32

/** @throws where an option is unknown, or its value is of no use */
export const readOptions = (args: readonly string[]): Options => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      all: { type: 'boolean', default: false },
      peers: { type: 'boolean', default: false },
      ceiling: { type: 'boolean', default: false },
      database: { type: 'string' },
      only: { type: 'string' },
      connections: { type: 'string', default: '1,32,256' },
      runs: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '1' },
      pool: { type: 'string', default: '10' },
      source: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      record: { type: 'boolean', default: false },
      'no-report': { type: 'boolean', default: false },
    },
  })
  const { all, peers, ceiling, source, profile } = values
  const named: readonly Part[] = [...(peers ? ['peers' as const] : []), ...(ceiling ? ['ceiling' as const] : [])]
  return {
    parts: all ? ['databases', 'ceiling', 'peers'] : named.length > 0 ? named : ['databases'],
    databases: chosen('--database', values.database, Object.keys(DATABASES)) as DatabaseName[],
    workloads: chosen(
      '--only',
      values.only,
      WORKLOADS.map(({ name }) => name),
    ).map((name) => WORKLOADS.find((workload) => workload.name === name)!),
    connections: values.connections.split(',').map((text) => whole('--connections', text)),
    runs: whole('--runs', values.runs),
    seconds: whole('--seconds', values.seconds),
    pool: whole('--pool', values.pool),
    source,
    profile,
    report: !values['no-report'],
    check: values.check || values.record,
    record: values.record,
  }
}

const chosen = (option: string, text: string | undefined, names: readonly string[]): readonly string[] => {
  const wanted = text?.split(',') ?? names
  const unknown = wanted.find((name) => !names.includes(name))
  if (unknown !== undefined)
    throw new Error(`${option} has no ${unknown}: it takes ${names.join(', ')}, separated by commas.`)
  return names.filter((name) => wanted.includes(name))
}

const whole = (option: string, text: string): number => {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`${option} takes whole numbers from 1, not ${text}.`)
  return Number(text)
}
