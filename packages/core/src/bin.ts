#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { runCommand } from './commands/program.ts'
import { processTerminal } from './commands/terminal.ts'

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }

const code = await runCommand(process.argv.slice(2), {
  terminal: processTerminal(),
  file: fileURLToPath(import.meta.url),
  version,
})
// Not by waiting for the event loop to run dry: a connector that keeps a socket open must not keep the command alive.
process.stdout.write('', () => process.exit(code))
