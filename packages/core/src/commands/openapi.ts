import { nearest } from '../configuration/index.ts'
import { yaml } from '../lazy.ts'
import { openGateway, settled } from './open.ts'
import type { Terminal } from './terminal.ts'

export interface OpenapiOptions {
  readonly config?: string | undefined
  readonly format: 'json' | 'yaml'
  readonly openapi: '3.1' | '3.0'
}

/**
 * Prints the OpenAPI document of a service, or of all, as an administrator would see it.
 * @param service its name
 */
export const openapi = async (
  terminal: Terminal,
  service: string | undefined,
  options: OpenapiOptions,
): Promise<number> => {
  const { gateway, configuration } = await openGateway({ cwd: terminal.cwd, file: options.config, quiet: true })
  try {
    await gateway.start()
    await settled(gateway, configuration().config.server.startTimeout)
    const name = service?.toLowerCase()
    const statuses = gateway.services()
    const wanted = statuses.filter((status) => name === undefined || status.name === name)
    if (name !== undefined && wanted.length === 0) {
      const near = nearest(
        name,
        statuses.map((status) => status.name),
      )
      terminal.note(`There is no service "${name}".${near === undefined ? '' : ` Did you mean "${near}"?`}`)
      return 1
    }
    const missing = wanted.filter(({ state }) => state !== 'serving' && state !== 'degraded' && state !== 'inactive')
    for (const { name: down, reason, detail } of missing)
      terminal.note(`Left out, since it is down: ${down}. ${detail ?? reason ?? ''}`)
    if (name !== undefined && missing.length > 0) return 1
    const document = await gateway.document({ service: name, version: options.openapi })
    terminal.print(options.format === 'yaml' ? yaml().stringify(document).trimEnd() : JSON.stringify(document, null, 2))
    return 0
  } finally {
    await gateway.stop()
  }
}
