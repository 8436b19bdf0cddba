/** Connectors that are written as a test begins. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A package of one service type, with a given module. */
export const writeConnector = (folder: string, type: string, module: string): void => {
  mkdirSync(join(folder, type))
  const manifest = { contract: '^1.0', serviceTypes: { [type]: '.' } }
  const about = { name: `gw-${type}`, version: '1.0.0', type: 'module', exports: './index.js', gw: manifest }
  writeFileSync(join(folder, type, 'package.json'), JSON.stringify(about))
  writeFileSync(join(folder, type, 'index.js'), module)
}
