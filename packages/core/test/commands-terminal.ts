/** Runs `gw` commands in this process and keeps what they print. */
import { runCommand } from '../src/commands/program.ts'

export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

export const gw = async (cwd: string, ...args: readonly string[]): Promise<Ran> => {
  const out: string[] = []
  const err: string[] = []
  const code = await runCommand(args, {
    terminal: {
      cwd,
      env: {},
      print: (text = '') => out.push(text),
      note: (text) => err.push(text),
      style: (_, text) => text,
    },
    file: '/nowhere/bin.ts',
    version: '9.8.7',
  })
  return { code, out: out.join('\n'), err: err.join('\n') }
}
