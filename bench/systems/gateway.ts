/** gw as an operator runs it: the `gw` command on a configuration, an access log, callers with a key, a role and a row filter. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { BenchDatabase } from '../databases/database.ts'

export const API_KEY = 'bench-key'
/** Inside bench, so that its packages are found. */
const FOLDER = join(dirname(import.meta.dirname), 'results', 'gateway')
export const GATEWAY_SCRIPT = join(dirname(dirname(import.meta.dirname)), 'packages/core/src/bin.ts')

/** A condition that the database has to look at, and that holds for every row. */
const ALLOWED = { name: 'credit', operator: '>=', value: 0 }

/** Writes the gateway's configuration. @returns its folder */
export const writeConfiguration = ({ connector, service }: BenchDatabase): string => {
  mkdirSync(FOLDER, { recursive: true })
  const configuration = {
    connectors: [connector],
    services: { shop: service },
    roles: {
      bench: { access: [{ service: 'shop', component: '_table/*', verbs: ['GET', 'POST'], filters: [ALLOWED] }] },
    },
    apps: { bench: { apiKey: API_KEY, role: 'bench' } },
  }
  writeFileSync(join(FOLDER, 'gw.config.json'), JSON.stringify(configuration, null, 2))
  return FOLDER
}
