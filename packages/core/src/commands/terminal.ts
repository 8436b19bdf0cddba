import { styleText } from 'node:util'

type Style = Parameters<typeof styleText>[0]

/** Where a command writes; streams, folder and environment are handed in so that a test can look. */
export interface Terminal {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  print(text?: string): void
  /** What is not the command's result: to standard error. */
  note(text: string): void
  /** Colours where people look, plain text elsewhere. */
  style(style: Style, text: string): string
}

export const processTerminal = (): Terminal => ({
  cwd: process.cwd(),
  env: process.env,
  print: (text = '') => void process.stdout.write(`${text}\n`),
  note: (text) => void process.stderr.write(`${text}\n`),
  // Looks at the terminal, NO_COLOR and FORCE_COLOR.
  style: (style, text) => styleText(style, text, { stream: process.stdout }),
})

/**
 * Columns aligned by two spaces, without lines. The last column is not padded.
 * @param head the columns' names
 */
export const table = (terminal: Terminal, head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (column === cells.length - 1 ? cell : cell.padEnd(widths[column]!)))
      .join('  ')
      .trimEnd()
  return [terminal.style('dim', line(head)), ...rows.map(line)].join('\n')
}
