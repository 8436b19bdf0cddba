/** Runs a command as `gw` does, in this process. */
import type { ServiceType } from '@gw/core'
import type { PackageCommand } from '@gw/core/governance'
import { contextIn, withTypes } from './opened.ts'

export interface Ran {
  readonly code: number | undefined
  /** Everything it said. */
  readonly told: string
}

export const run = async (
  command: PackageCommand,
  folder: string,
  args: readonly string[],
  env: Record<string, string> = {},
  config: object = {},
  types: readonly ServiceType<any>[] = [],
): Promise<Ran> => {
  const printed: string[] = []
  const note = (text: string) => void printed.push(text)
  try {
    const code = await command.run(args, {
      cwd: folder,
      env,
      print: (text = '') => note(text),
      note,
      async governance() {
        const { context, registry } = await contextIn(folder, config)
        return { ...context, types: withTypes(registry, types) }
      },
    })
    return { code, told: printed.join('\n') }
  } catch (error) {
    return { code: 1, told: [...printed, (error as Error).message].join('\n') }
  }
}
