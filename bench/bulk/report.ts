/** The costs of bulk loads as Markdown. */
import { cpus } from 'node:os'
import { median, pairedRatios, spread } from '../statistics.ts'
import { type Bulk, type Cost, WAYS, type Way } from './measure.ts'

const used = ({ cpu, databaseCpu }: Cost): number => cpu + databaseCpu

const ratio = ({ costs }: Bulk, way: Way, value: (cost: Cost) => number): string => {
  const ratios = pairedRatios(costs[way].map(value), costs.loader.map(value))
  const [low, high] = spread(ratios)
  return `**${median(ratios).toFixed(2)}** (${low.toFixed(2)}–${high.toFixed(2)})`
}
const all = ({ costs }: Bulk, value: (cost: Cost) => number): string =>
  WAYS.map((way) => median(costs[way].map(value)).toFixed(0)).join(' / ')

export const bulkText = (measured: readonly Bulk[], command: string): string =>
  [
    `\`${command}\` on ${new Date().toISOString().slice(0, 10)}: ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown CPU'}, Node ${process.versions.node}, ${measured[0]?.records.toLocaleString('en') ?? 0} records of ${measured[0]?.costs.loader.length ?? 0} interleaved runs each; sender, gateway and database share the machine. Three numbers read loader / import / import in one transaction.`,
    '',
    '| database | its own loader | time, import / loader (spread) | CPU, import / loader | time, in one transaction | time, ms | CPU of the sender to the database, ms | CPU of the database, ms | longest point read meanwhile, ms |',
    '|---|---|--:|--:|--:|--:|--:|--:|--:|',
    ...measured.map((bulk) =>
      [
        `| ${bulk.database}`,
        bulk.loader,
        ratio(bulk, 'gateway', ({ time }) => time),
        ratio(bulk, 'gateway', used),
        ratio(bulk, 'transaction', ({ time }) => time),
        all(bulk, ({ time }) => time),
        all(bulk, ({ cpu }) => cpu),
        all(bulk, ({ databaseCpu }) => databaseCpu),
        `${bulk.wait.toFixed(0)} |`,
      ].join(' | '),
    ),
  ].join('\n')
