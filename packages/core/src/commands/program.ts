import { Command, Option } from 'commander'
import { ConfigurationError } from '../configuration/index.ts'
import { GwError } from '../contract.ts'
import { check } from './check.ts'
import { addConnectors, removeConnectors } from './connectors/change.ts'
import { installed, listConnectors } from './connectors/list.ts'
import { dev } from './dev/index.ts'
import { doctor } from './doctor.ts'
import { init } from './init.ts'
import { openapi } from './openapi.ts'
import { addPackageCommands } from './package-commands.ts'
import { schema } from './schema.ts'
import { runScript } from './script.ts'
import { start } from './start.ts'
import type { Terminal } from './terminal.ts'

export interface ProgramOptions {
  readonly terminal: Terminal
  /** The file of the `gw` command, for `gw dev` to start. */
  readonly file: string
  readonly version: string
}

/**
 * Runs one `gw` command.
 * @param args what stands after `gw`
 * @returns the exit code
 */
export const runCommand = async (args: readonly string[], options: ProgramOptions): Promise<number> => {
  let code = 0
  const finish = async (run: () => Promise<number>) => {
    code = await run().catch((error: unknown) => explain(options.terminal, error))
  }
  const program = createProgram(options, finish)
  const known = program.commands.map((command) => command.name())
  const named = args.find((arg) => known.includes(arg))
  // Packages are looked at only for a command of theirs, or to list what there is.
  if (named === undefined || named === 'help') {
    const config = args[args.findIndex((arg) => arg === '-c' || arg === '--config') + 1]
    const quiet = { ...options.terminal, note: () => {} }
    addPackageCommands(
      program,
      await installed(quiet, args.includes('-c') || args.includes('--config') ? config : undefined),
      options.terminal,
      finish,
    )
  }
  try {
    await program.parseAsync([...args], { from: 'user' })
  } catch (error) {
    return commanderCode(error) ?? explain(options.terminal, error)
  }
  return code
}

const createProgram = (
  { terminal, file, version }: ProgramOptions,
  finish: (run: () => Promise<number>) => Promise<void>,
): Command => {
  const program = new Command('gw')
    .description('Turns data sources into governed REST APIs.')
    .version(version, '-V, --version', 'print the version')
    .option('-c, --config <file>', 'the configuration; by default the first gw.config.{ts,js,mjs,json,yaml,yml} here')
    .helpOption('-h, --help', 'print help')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.print(text.trimEnd()),
      writeErr: (text) => terminal.note(text.trimEnd()),
    })
    .showSuggestionAfterError()
  const shared = () => program.opts<{ config?: string }>()
  const listening = (command: Command) =>
    command.option('--host <address>', 'the address to listen on').option('--port <number>', 'the port to listen on')

  listening(program.command('start').description('run the gateway')).action((own) =>
    finish(() => start(terminal, { ...shared(), ...own })),
  )
  listening(
    program
      .command('dev')
      .description('run it, and start anew when code changes; in a connector’s folder, run the connector')
      .addOption(new Option('--watched').hideHelp()),
  ).action((own) => finish(() => dev(terminal, file, { ...shared(), ...own })))
  program
    .command('check')
    .description('check the configuration, without connecting to anything')
    .action(() => finish(() => check(terminal, shared())))
  program
    .command('doctor')
    .description('start every service once, and say what is wrong and how to mend it')
    .action(() => finish(() => doctor(terminal, shared())))
  program
    .command('openapi')
    .description('print the OpenAPI document of a service, or of all')
    .argument('[service]')
    .addOption(new Option('--format <format>', 'how it is written').choices(['json', 'yaml']).default('json'))
    .addOption(new Option('--openapi <version>', 'which version of OpenAPI').choices(['3.1', '3.0']).default('3.1'))
    .action((service, own) => finish(() => openapi(terminal, service, { ...shared(), ...own })))
  addConnectorCommands(program, terminal, finish)
  program
    .command('script')
    .description('work on scripts')
    .command('run')
    .description('run a script once, as the gateway would, and print what it gives')
    .argument('<file>')
    .option('--type <language>', 'what it is written in; by default what its name ends with')
    .option('--method <method>', 'of the call that it sees', 'GET')
    .option('--path <path>', 'of that call, with its parameters: "orders/5?limit=1"', '')
    .option('--payload <json>', 'the body of that call')
    .option('--event <file>', 'parts of the event as JSON: request, response, resource')
    .option('--settings <json>', 'the config of the script, with its limits')
    .option('--key <key>', 'whose calls platform.api makes, by API key; by default the operator’s')
    .action((script, own) => finish(() => runScript(terminal, script, { ...shared(), ...own })))
  program
    .command('init')
    .description('write a first configuration with a fresh API key')
    .action(() => finish(() => init(terminal)))
  program
    .command('schema')
    .description('write the JSON Schema of gw.config for your editor')
    .action(() => finish(() => schema(terminal, shared())))
  return program
}

const addConnectorCommands = (
  program: Command,
  terminal: Terminal,
  finish: (run: () => Promise<number>) => Promise<void>,
): void => {
  const shared = () => program.opts<{ config?: string }>()
  const connectors = program
    .command('connectors')
    .description('list the installed connectors, their service types, and how the configured services are')
    .option('--no-health', 'start no service to see how it is')
    .action((own) => finish(() => listConnectors(terminal, { ...shared(), ...own })))
  connectors
    .command('add')
    .description('install connectors with the project’s package manager')
    .argument('<names...>', 'packages, with a version or without: mysql, gw-weather@^1.2')
    .action((names) => finish(() => addConnectors(terminal, names, shared())))
  connectors
    .command('remove')
    .description('remove connectors with the project’s package manager')
    .argument('<names...>')
    .action((names) => finish(() => removeConnectors(terminal, names, shared())))
}

/** Errors that were foreseen are told without a stack. */
const explain = (terminal: Terminal, error: unknown): number => {
  const foreseen = error instanceof ConfigurationError || GwError.is(error)
  const text =
    error instanceof Error
      ? foreseen || terminal.env.GW_DEBUG === undefined
        ? error.message
        : error.stack
      : String(error)
  terminal.note(`${terminal.style('red', 'gw:')} ${text}`)
  if (!foreseen && terminal.env.GW_DEBUG === undefined) terminal.note('Set GW_DEBUG=1 to see where it comes from.')
  return 1
}

/** Commander throws for help and for wrong usage alike, having printed what there is to say. */
const commanderCode = (error: unknown): number | undefined => {
  const { code, exitCode } = error as { code?: unknown; exitCode?: unknown }
  return typeof code === 'string' && code.startsWith('commander.') && typeof exitCode === 'number'
    ? exitCode
    : undefined
}
