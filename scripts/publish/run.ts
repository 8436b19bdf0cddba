/** Programs that are waited for, without holding up whatever else this process does: a registry, for example. */
import { spawn } from 'node:child_process'

export interface RunOptions {
  readonly cwd: string
  readonly env?: NodeJS.ProcessEnv | undefined
}

/**
 * @returns what it wrote, both streams as they came
 * @throws Error with that, where it ends otherwise than with 0
 */
export const run = (command: string, args: readonly string[], { cwd, env }: RunOptions): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
      })
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) resolve(output)
      else reject(new Error(`${[command, ...args].join(' ')} ended with ${code}\n${output}`))
    })
  })
