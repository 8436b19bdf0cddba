/** What became of a document, for the terminal. */
import { FATES, type Outcome } from './outcome.ts'

const table = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = rows[0]!.map((_, at) => Math.max(...rows.map((row) => row[at]!.length)))
  return rows.map((row) =>
    row
      .map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at]!)))
      .join('  ')
      .trimEnd(),
  )
}

/** Counts by section, then everything that needs a word. */
export const reportLines = (outcome: Outcome): readonly string[] => {
  const counts = Object.keys(outcome.created)
    .map((section) => [section, ...FATES.map((fate) => String(outcome[fate][section]?.length ?? 0))])
    .filter(([, ...numbers]) => numbers.some((number) => number !== '0'))
  const remarks = [
    ...outcome.errors.map((one) => ({ ...one, what: 'left out' })),
    ...outcome.notes.map((one) => ({ ...one, what: 'note' })),
  ].map(({ what, section, name, message }) => [what, section, name, message])
  return [
    ...table([['section', ...FATES], ...counts]),
    ...(remarks.length > 0 ? ['', ...table([['', 'section', 'name', 'why'], ...remarks])] : []),
  ]
}
