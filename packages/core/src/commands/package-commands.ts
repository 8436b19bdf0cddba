import type { Command } from 'commander'
import { importSubpath, type Registry } from '../discovery/index.ts'
import type { Terminal } from './terminal.ts'

/** What a module that a manifest names under `commands` exports by default. */
export interface PackageCommand {
  readonly description: string
  /**
   * @param args what stands after the command's name, unparsed
   * @returns the exit code; nothing is 0
   */
  run(
    args: readonly string[],
    context: { readonly cwd: string; readonly config?: string | undefined },
  ): Promise<number | undefined> | number | undefined
}

/** Adds the commands that installed packages declare. A name that is taken keeps its meaning. Imports nothing yet. */
export const addPackageCommands = (
  program: Command,
  registry: Registry,
  terminal: Terminal,
  finish: (run: () => Promise<number>) => Promise<void>,
): void => {
  for (const installed of registry.packages) {
    if (installed.refused !== undefined) continue
    const { package: from, commands } = installed.manifest
    for (const [name, subpath] of Object.entries(commands)) {
      if (program.commands.some((known) => known.name() === name)) {
        terminal.note(`The command "${name}" of ${from} is left out: there is one of that name.`)
        continue
      }
      program
        .command(name)
        .description(`from ${from}`)
        .argument('[args...]')
        .allowUnknownOption()
        .helpOption(false)
        .action((args: readonly string[]) =>
          finish(async () => {
            const command = (await importSubpath(installed, subpath)) as PackageCommand | undefined
            if (typeof command?.run !== 'function') {
              throw new Error(`${from} cannot be used: its command "${name}" has no default export with a run function`)
            }
            return (await command.run(args, { cwd: terminal.cwd, config: program.opts().config })) ?? 0
          }),
        )
    }
  }
}
