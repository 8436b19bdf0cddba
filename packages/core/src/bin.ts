#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { restartWithOptions } from './commands/node-options.ts'

// A program that imports this one goes on beside it, and would be lost.
if (import.meta.main !== false && process.argv.includes('start', 2)) restartWithOptions()

const file = fileURLToPath(import.meta.url)
// Compiling takes a fifth of a start. Beside the packages, and not where others may write: what lies there is run.
if (file.endsWith('.js')) enableCompileCache(join(dirname(file), '../../../.cache/gw'))

// Only now, so that what starts anew has not read all of it before.
const { runCommand } = await import('./commands/program.ts')
const { processTerminal } = await import('./commands/terminal.ts')
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }

const code = await runCommand(process.argv.slice(2), { terminal: processTerminal(), file, version })
// Not by waiting for the event loop to run dry: a connector that keeps a socket open must not keep the command alive.
process.stdout.write('', () => process.exit(code))
