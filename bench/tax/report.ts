/** What governance costs, as Markdown. */
import type { ByRound, Run } from '../measure/rounds.ts'
import { median, pairedRatios, spread } from '../statistics.ts'

export interface Tax {
  readonly database: string
  /** By the names of the callers: `none`, `key`, `governed`. */
  readonly runs: ByRound<Run>
}

/** Of the requests a second that there are without: what is left at least. */
export const GOAL = 0.85

type Measure = (run: Run) => number
const perSecond: Measure = (run) => run.perSecond
const cpu: Measure = (run) => run.cpu

const of = ({ runs }: Tax, caller: string, measure: Measure): readonly number[] => (runs[caller] ?? []).map(measure)
const usual = (tax: Tax, caller: string, measure: Measure): string =>
  Math.round(median(of(tax, caller, measure))).toLocaleString('en')

const ratio = (tax: Tax, caller: string, measure: Measure): string => {
  const ratios = pairedRatios(of(tax, caller, measure), of(tax, 'none', measure))
  const [low, high] = spread(ratios)
  return `**${median(ratios).toFixed(2)}** (${low.toFixed(2)}–${high.toFixed(2)})`
}

/** The median of what the governed caller got, as a part of what there is without. */
export const kept = (tax: Tax): number =>
  median(pairedRatios(of(tax, 'governed', perSecond), of(tax, 'none', perSecond)))

export const taxText = (taxes: readonly Tax[]): string =>
  [
    '| database | requests/s: none | API key | governed | API key / none | governed / none | CPU µs: none | API key | governed | CPU, governed / none |',
    '|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|',
    ...taxes.map((tax) =>
      [
        `| ${tax.database}`,
        ...['none', 'key', 'governed'].map((caller) => usual(tax, caller, perSecond)),
        ratio(tax, 'key', perSecond),
        ratio(tax, 'governed', perSecond),
        ...['none', 'key', 'governed'].map((caller) => usual(tax, caller, cpu)),
        `${ratio(tax, 'governed', cpu)} |`,
      ].join(' | '),
    ),
  ].join('\n')
