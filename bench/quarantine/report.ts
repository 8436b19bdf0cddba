/** The table of docs/reference/quarantine.md. */
import type { Outcome } from './measure.ts'

const escaped = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

const spread = (values: readonly number[]): string =>
  `${Math.min(...values).toFixed(1)}–${Math.max(...values).toFixed(1)}`

export const quarantineText = (outcomes: readonly Outcome[]): string =>
  [
    '| a connector that | p99 of its neighbour, beside it / alone | in ms | failures of its neighbour | its own callers hear | the log says |',
    '|---|--:|--:|--:|---|---|',
    ...outcomes.map(({ label, isolated, ratio, alone, beside, failures, heard, read }) =>
      [
        `| ${label}${isolated ? ' (in its own process)' : ''}`,
        `**${ratio.toFixed(2)}**`,
        `${spread(beside)} / ${spread(alone)}`,
        failures,
        heard,
        `${read.map((line) => `“${escaped(line)}”`).join('<br>') || '–'} |`,
      ].join(' | '),
    ),
  ].join('\n')
