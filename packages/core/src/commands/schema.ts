import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { configurationJsonSchema } from '../configuration/index.ts'
import type { ServiceType } from '../contract.ts'
import { installed } from './connectors/list.ts'
import type { Terminal } from './terminal.ts'

/** Where the schema lies, seen from the configuration: what its `$schema` says. */
export const SCHEMA_FILE = './.gw/config.schema.json'

/** Writes the JSON Schema of gw.config, the installed connectors' own configuration included. */
export const schema = async (
  terminal: Terminal,
  { config }: { readonly config?: string | undefined },
): Promise<number> => {
  const registry = await installed(terminal, config)
  const types: ServiceType[] = []
  for (const name of new Set(registry.types().map((type) => type.name))) {
    try {
      types.push(await registry.load(name))
    } catch (error) {
      terminal.note(`Left out: ${(error as Error).message}`)
    }
  }
  const path = join(terminal.cwd, dirname(config ?? 'gw.config'), SCHEMA_FILE)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, `${JSON.stringify(configurationJsonSchema(types), null, 2)}\n`)
  const names = types.map(({ name }) => name).join(', ') || 'no service types yet'
  terminal.print(`Wrote ${SCHEMA_FILE} (${names}). Refer to it from gw.config.json: "$schema": "${SCHEMA_FILE}"`)
  return 0
}
