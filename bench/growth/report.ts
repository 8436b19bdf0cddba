/** What growth costs, as Markdown. */
import { median, pairedRatios, spread } from '../statistics.ts'
import type { Place, Population } from './callers.ts'
import { COLUMNS, type SchemaCost } from './schema.ts'

export interface SchemaGrowth {
  readonly database: string
  readonly small: SchemaCost
  readonly large: SchemaCost
}
type Who = 'small' | 'large' | 'everybody'
export interface CallersGrowth {
  readonly place: Place
  /** The gateway's CPU for each request, µs; one for each run. */
  readonly cpu: Readonly<Record<Who, readonly number[]>>
  /** ms */
  readonly startup: Readonly<Record<'small' | 'large', number>>
  /** MB */
  readonly peak: Readonly<Record<'small' | 'large', number>>
}

const both = ({ small, large }: SchemaGrowth, value: (cost: SchemaCost) => number): string =>
  `${value(small).toFixed(0)} / ${value(large).toFixed(0)}`

export const schemaText = (grown: readonly SchemaGrowth[]): string => {
  const tables = grown[0]?.large.tables ?? 0
  return [
    `Without further tables / with ${tables.toLocaleString('en')} further tables of ${COLUMNS} columns each:`,
    '',
    '| database | start to first answer, ms | a first call to another table, ms | the list of tables, ms | most memory, MB |',
    '|---|--:|--:|--:|--:|',
    ...grown.map((one) =>
      [
        `| ${one.database}`,
        both(one, ({ startup }) => startup),
        both(one, ({ another }) => another),
        both(one, ({ list }) => list),
        `${both(one, ({ peak }) => peak)} |`,
      ].join(' | '),
    ),
  ].join('\n')
}

const ratio = ({ cpu }: CallersGrowth, who: Who): string => {
  const ratios = pairedRatios(cpu[who], cpu.small)
  const [low, high] = spread(ratios)
  return `**${median(ratios).toFixed(2)}** (${low.toFixed(2)}–${high.toFixed(2)})`
}

export const callersText = (grown: readonly CallersGrowth[], { services, callers }: Population): string =>
  [
    `The gateway's CPU for a point read on SQLite, as a multiple of that in a gateway of one service and one caller, with ${services.toLocaleString('en')} services and ${callers.toLocaleString('en')} roles, apps and keys; one of the callers asking, and all of them in turn, each in its service:`,
    '',
    '| kept in | one caller | everybody in turn | start, small / large, ms | most memory, small / large, MB |',
    '|---|--:|--:|--:|--:|',
    ...grown.map((one) =>
      [
        `| ${one.place}`,
        ratio(one, 'large'),
        ratio(one, 'everybody'),
        `${one.startup.small.toFixed(0)} / ${one.startup.large.toFixed(0)}`,
        `${one.peak.small.toFixed(0)} / ${one.peak.large.toFixed(0)} |`,
      ].join(' | '),
    ),
  ].join('\n')
