/** Programs of this host. */
import { execFile } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The usual folders also where the environment names none. */
const FOLDERS = ['/usr/local/bin', '/usr/bin', '/bin']
/** ms: even a cold start is over by then. */
const PATIENCE = 15_000

/** The full path of a program; `undefined` where it is not installed. */
export const programPath = (name: string): string | undefined => {
  const folders = new Set([...(process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== ''), ...FOLDERS])
  return [...folders].map((folder) => join(folder, name)).find(isProgram)
}

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** What it writes, run with nothing of the environment but what launchers need. Rejects where it fails. */
export const outputOf = (program: string, args: readonly string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const env = { PATH: process.env.PATH, HOME: process.env.HOME }
    execFile(program, [...args], { timeout: PATIENCE, env }, (error, output) =>
      error ? reject(error) : resolve(output),
    )
  })
