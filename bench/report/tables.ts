/** Measurements as Markdown. */
import type { Footprint } from '../measure/footprint.ts'
import type { Run } from '../measure/rounds.ts'
import { USUAL_CONNECTIONS } from '../options.ts'
import { median, pairedRatios, spread } from '../statistics.ts'
import { WORKLOADS, type WorkloadName } from '../workloads.ts'
import type { CeilingResults, Circumstances, DatabaseResults, Measured, OpenMeasured, PeersResults } from './results.ts'

/** Requests/s of one system as a part of another's, round by round. */
export const ratiosOf = ({ runs }: Pick<Measured, 'runs'>, name: string, base = 'b'): readonly number[] =>
  pairedRatios(
    (runs[name] ?? []).map(({ perSecond }) => perSecond),
    (runs[base] ?? []).map(({ perSecond }) => perSecond),
  )

/** `0.94 (0.90–1.03)` */
export const ratioText = (ratios: readonly number[], strong = false): string => {
  const [low, high] = spread(ratios)
  const middle = median(ratios).toFixed(2)
  return `${strong ? `**${middle}**` : middle} (${low.toFixed(2)}–${high.toFixed(2)})`
}

const labelOf = (name: WorkloadName): string => `${name} ${WORKLOADS.find((workload) => workload.name === name)!.label}`
const count = (value: number): string => Math.round(value).toLocaleString('en')
const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(head), row(head.map((_, index) => (index === 0 ? '---' : '--:'))), ...rows.map(row)].join('\n')

const middle = ({ runs }: Pick<Measured, 'runs'>, name: string, value: keyof Run): number =>
  median((runs[name] ?? []).map((run) => run[value]))

const circumstances = ({ command, date, machine, node, generator, code, runs, seconds }: Circumstances): string =>
  `\`${command}\` on ${date}: ${machine}, Node ${node}, ${generator}, gw ${code}, ${runs} interleaved rounds of ${seconds} s runs; load, servers and database share the machine.`

/** One database: gw / b. */
export const databaseText = (results: DatabaseResults): string => {
  const { circumstances: facts, label, measured, open, rules, footprints } = results
  const levels = [...new Set(measured.map(({ connections }) => connections))].toSorted((a, b) => a - b)
  const usual = measured.filter(({ connections }) => connections === USUAL_CONNECTIONS)
  const names = [...new Set(measured.map(({ workload }) => workload))]
  const at = (workload: WorkloadName, connections: number) =>
    measured.find((each) => each.workload === workload && each.connections === connections)
  const ratioRows = names.map((workload) => [
    labelOf(workload),
    count(measured.find((each) => each.workload === workload)!.bytes.gw ?? 0),
    ...levels.map((connections) => {
      const found = at(workload, connections)
      return found ? ratioText(ratiosOf(found, 'gw'), true) : '–'
    }),
  ])
  return [
    circumstances(facts),
    '',
    'Requests/s as a part of those of b: the median of the rounds, and the least and the greatest.',
    '',
    table(['workload', 'bytes', ...levels.map((level) => `${level} connection${level === 1 ? '' : 's'}`)], ratioRows),
    ...(usual.length > 0
      ? ['', `With ${USUAL_CONNECTIONS} connections, gw / b:`, '', usualTable(label, usual, open)]
      : []),
    ...(rules ? ['', rulesText(rules)] : []),
    '',
    footprintTable(Object.entries(footprints)),
  ].join('\n')
}

const usualTable = (label: string, usual: readonly Measured[], open: readonly OpenMeasured[]): string => {
  const both = (measured: Measured, value: keyof Run, write: (value: number) => string): string =>
    `${write(middle(measured, 'gw', value))} / ${write(middle(measured, 'b', value))}`
  const [whole, tenth] = [(value: number) => value.toFixed(0), (value: number) => value.toFixed(1)]
  const openOf = (workload: WorkloadName): string => {
    const found = open.find((each) => each.workload === workload)
    if (!found) return '–'
    const p99 = (name: string) => median((found.runs[name] ?? []).map((sample) => sample.p99)).toFixed(1)
    return `${p99('gw')} / ${p99('b')}`
  }
  return table(
    ['workload', 'requests/s', 'CPU µs', `${label} CPU µs`, 'p50 ms', 'p99 ms', 'p99 ms at half load'],
    usual.map((measured) => [
      measured.workload,
      both(measured, 'perSecond', count),
      both(measured, 'cpu', whole),
      middle(measured, 'b', 'databaseCpu') === 0 ? '–' : both(measured, 'databaseCpu', whole),
      both(measured, 'p50', tenth),
      both(measured, 'p99', tenth),
      openOf(measured.workload),
    ]),
  )
}

const rulesText = (rules: Measured): string => {
  const cpu = (name: string) => `${middle(rules, name, 'cpu').toFixed(0)} µs`
  const with_ = ratioText(ratiosOf(rules, 'gw', 'open'), true)
  const filter = ratioText(ratiosOf(rules, 'gw', 'unfiltered'), true)
  return `What the rules cost, on W1: with API key, role, row filter and access log ${with_} of the requests/s of the same gateway without any of them (CPU ${cpu('gw')} and ${cpu('open')}); the row filter alone ${filter} (${cpu('unfiltered')} without it).`
}

const footprintTable = (
  footprints: readonly (readonly [string, Footprint])[],
  titles?: Readonly<Record<string, string>>,
): string =>
  table(
    ['', 'start to first answer, ms', 'idle memory, MB', 'most memory, MB'],
    footprints.map(([name, { startup, idle, peak }]) => [
      titles?.[name] ?? name,
      count(median(startup)),
      count(median(idle)),
      count(peak),
    ]),
  )

/** Peers and gw, as parts of b. */
export const peersText = ({ circumstances: facts, peers, measured, missing, footprints }: PeersResults): string => {
  const systems = [{ name: 'gw', label: 'gw', version: '', callers: 'API key, role, row filter' }, ...peers]
  const cell = (each: Measured, name: string): string =>
    each.runs[name] ? `**${median(ratiosOf(each, name)).toFixed(2)}** (${middle(each, name, 'cpu').toFixed(0)})` : '–'
  const titles = Object.fromEntries(systems.map(({ name, label }) => [name, label]))
  return [
    circumstances(facts),
    '',
    `Requests/s as a part of those of b with ${USUAL_CONNECTIONS} connections on PostgreSQL, and CPU µs/request in brackets. Where a system has no words for a question, there is a dash.`,
    '',
    table(
      ['', 'callers', ...measured.map(({ workload }) => workload)],
      [
        ...systems.map(({ name, label, version, callers }) => [
          `${label} ${version}`.trim(),
          callers,
          ...measured.map((each) => cell(each, name)),
        ]),
        ['b', 'anyone', ...measured.map((each) => cell(each, 'b'))],
      ],
    ),
    '',
    footprintTable(Object.entries(footprints), titles),
    ...(missing.length > 0 ? ['', ...missing.map(({ label, reason }) => `- ${label} is missing: ${reason}`)] : []),
  ].join('\n')
}

/** What HTTP does without a database, and the database without HTTP. */
export const ceilingText = (results: CeilingResults): string => {
  const { circumstances: facts, http, statements, statementsMissing, clients } = results
  const names = [...new Set(http.flatMap(({ runs }) => Object.keys(runs)))]
  const httpTable = table(
    ['requests/s (CPU µs)', ...http.map(({ workload, bytes }) => `bytes of ${workload} (${count(bytes.b ?? 0)})`)],
    names.map((name) => [
      name,
      ...http.map((each) => `${count(middle(each, name, 'perSecond'))} (${middle(each, name, 'cpu').toFixed(0)})`),
    ]),
  )
  const statementTable = table(
    ['pgbench', ...statements.map(({ workload }) => workload)],
    [['statements/s', ...statements.map(({ perSecond }) => count(median(perSecond)))]],
  )
  return [
    circumstances(facts),
    '',
    `Servers that answer the same bytes from memory, with ${USUAL_CONNECTIONS} connections; b and gw ask PostgreSQL.`,
    '',
    httpTable,
    '',
    statementsMissing === undefined
      ? `The statements of b alone, prepared, ${clients} connections, without HTTP and without JSON:\n\n${statementTable}`
      : `The statements alone are missing: ${statementsMissing}`,
  ].join('\n')
}
