/** Puts measurements into docs/performance.md, between its markers. */
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import type { Sample } from './generator.ts'
import { median, spread } from './statistics.ts'

export interface Run extends Sample {
  /** CPU of the system's process for each request, µs. */
  readonly cpu: number
  /** CPU of the database's own processes for each request, µs. */
  readonly databaseCpu: number
}
export interface Pair {
  readonly gateway: Run
  readonly baseline: Run
}
export interface Measured {
  readonly workload: string
  readonly label: string
  readonly bytes: number
  readonly pairs: readonly Pair[]
}
export interface Footprint {
  readonly startup: readonly number[]
  readonly idle: readonly number[]
}
export interface Results {
  readonly date: string
  readonly command: string
  readonly generator: string
  readonly database: string
  readonly connections: number
  readonly seconds: number
  readonly measured: readonly Measured[]
  readonly gateway: Footprint
  readonly baseline: Footprint
}

export const ratios = ({ pairs }: Measured): readonly number[] =>
  pairs.map(({ gateway, baseline }) => gateway.perSecond / baseline.perSecond)

/** The results as Markdown. */
export const markdown = (results: Results): string => {
  const of = (measured: Measured, side: keyof Pair, value: keyof Run): number =>
    median(measured.pairs.map((pair) => pair[side][value]))
  const both = (measured: Measured, value: keyof Run, digits: number): string =>
    `${of(measured, 'gateway', value).toFixed(digits)} / ${of(measured, 'baseline', value).toFixed(digits)}`
  const rows = results.measured.map((measured) => {
    const [low, high] = spread(ratios(measured))
    return `| ${[
      measured.label,
      measured.bytes.toLocaleString('en'),
      `**${median(ratios(measured)).toFixed(2)}** (${low.toFixed(2)}–${high.toFixed(2)})`,
      both(measured, 'perSecond', 0),
      both(measured, 'cpu', 0),
      both(measured, 'databaseCpu', 0),
      both(measured, 'p50', 1),
      both(measured, 'p99', 1),
    ].join(' | ')} |`
  })
  const { gateway, baseline } = results
  return [
    `\`${results.command}\` on ${results.date}: ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${(totalmem() / 2 ** 30).toFixed(0)} GB, Node ${process.versions.node}, ${results.generator}, ${results.connections} connections, ${results.measured[0]?.pairs.length ?? 0} interleaved runs of ${results.seconds} s each; load, server and database share the machine. Each cell reads gw / b.`,
    '',
    `| workload | bytes | ratio to b (spread) | requests/s | CPU µs/request | ${results.database} CPU µs/request | p50 ms | p99 ms |`,
    '|---|--:|--:|--:|--:|--:|--:|--:|',
    ...rows,
    '',
    '| | gw | b |',
    '|---|--:|--:|',
    `| start to first answer, ms | ${median(gateway.startup).toFixed(0)} | ${median(baseline.startup).toFixed(0)} |`,
    `| idle memory, MB | ${median(gateway.idle).toFixed(0)} | ${median(baseline.idle).toFixed(0)} |`,
  ].join('\n')
}

const END = '<!-- /measured -->'

/** Replaces what stands between a database's markers in a file. @throws where it has none */
export const writeReport = (file: string, text: string, database: string): void => {
  const marker = `<!-- measured on ${database}: written by \`pnpm bench\` -->`
  const page = readFileSync(file, 'utf8')
  const begin = page.indexOf(marker)
  const end = page.indexOf(END, begin)
  if (begin < 0 || end < begin) throw new Error(`${file} lacks the markers ${marker} … ${END}.`)
  writeFileSync(file, `${page.slice(0, begin + marker.length)}\n\n${text}\n\n${page.slice(end)}`)
}
