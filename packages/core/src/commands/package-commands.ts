import type { Command } from 'commander'
import type { Logger } from '../contract.ts'
import { importSubpath, type Registry } from '../discovery/index.ts'
import type { GovernanceContext } from '../governance.ts'
import { governanceContext } from './open.ts'
import { openProject } from './project.ts'
import type { Terminal } from './terminal.ts'

/** What a module that a manifest names under `commands` exports by default. */
export interface PackageCommand {
  readonly description: string
  /** What `--help` shows below the description: how it is called, and what its options do. */
  readonly usage?: string
  /**
   * @param args what stands after the command's name, unparsed
   * @returns the exit code; nothing is 0
   */
  run(args: readonly string[], context: PackageCommandContext): Promise<number | undefined> | number | undefined
}

export interface PackageCommandContext {
  readonly cwd: string
  readonly config?: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  print(text?: string): void
  /** What is not the command's result: to standard error. */
  note(text: string): void
  /** What a governance would be made with here; nothing runs yet. */
  governance(): Promise<GovernanceContext>
}

const contextOf = ({ cwd, env, print, note }: Terminal, config: string | undefined): PackageCommandContext => {
  const log: Logger = { debug() {}, info() {}, warn: note, error: note }
  return {
    cwd,
    config,
    env,
    print,
    note,
    async governance() {
      const { configuration, registry } = await openProject({ cwd, file: config })
      return governanceContext(configuration, registry, log)
    },
  }
}

const asksForHelp = (args: readonly string[]): boolean => {
  const options = args.includes('--') ? args.slice(0, args.indexOf('--')) : args
  return options.includes('--help') || options.includes('-h')
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
            if (asksForHelp(args)) {
              terminal.print([command.description, command.usage].filter(Boolean).join('\n\n'))
              return 0
            }
            return (await command.run(args, contextOf(terminal, program.opts().config))) ?? 0
          }),
        )
    }
  }
}
