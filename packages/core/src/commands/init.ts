import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { appendFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SCHEMA_FILE, schema } from './schema.ts'
import type { Terminal } from './terminal.ts'

const CONFIGURATION = {
  $schema: SCHEMA_FILE,
  services: {},
  roles: {
    reader: { description: 'May read everything.', access: [{ service: '*', component: '*', verbs: ['GET'] }] },
  },

  apps: { default: { apiKey: '${env:GW_API_KEY}', role: 'reader' } },
}

/** Writes a first configuration with a fresh API key beside it. Never overwrites. */
export const init = async (terminal: Terminal): Promise<number> => {
  const there = readdirSync(terminal.cwd).find((name) => /^gw\.config\.\w+$/.test(name))
  if (there !== undefined) {
    terminal.note(`${there} is there already: nothing was written.`)
    return 1
  }
  const within = (name: string) => join(terminal.cwd, name)
  // `wx`: also a file that appears in between is not overwritten.
  await writeFile(within('gw.config.json'), `${JSON.stringify(CONFIGURATION, null, 2)}\n`, { flag: 'wx' })
  terminal.print('Wrote gw.config.json: a role that may read, and an app that has it.')
  if (
    await addLine(
      within('.env'),
      /^\s*(export\s+)?GW_API_KEY\s*=/m,
      `GW_API_KEY=${randomBytes(32).toString('hex')}`,
      0o600,
    )
  ) {
    terminal.print('Wrote a fresh API key to .env. Keep that file to yourself.')
  }
  for (const name of ['.env', '.gw/'])
    await addLine(within('.gitignore'), new RegExp(`^/?${name.replace('.', '\\.')}?$`, 'm'), name)
  await schema(terminal, {})
  terminal.print('\nNext:')
  if (!existsSync(within('package.json'))) terminal.print('  npm init -y')
  terminal.print('  npm install @gw/core @gw/sqlite')
  terminal.print('  add to services in gw.config.json: "db": { "type": "sqlite", "config": { "database": "my.db" } }')
  terminal.print('  npx gw start')
  return 0
}

/** @returns whether the line was added: not where the file says it already */
const addLine = async (file: string, present: RegExp, line: string, mode = 0o644): Promise<boolean> => {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  if (present.test(text)) return false
  await appendFile(file, `${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`, { mode })
  return true
}
