/** A connector that is run in its own folder, with a configuration that is made for it. */
import { METHODS } from '../../contract.ts'
import { settled } from '../open.ts'
import { type StartOptions, start } from '../start.ts'
import type { Terminal } from '../terminal.ts'
import { type ConnectorFolder, DEV_FILE } from './folder.ts'
import { tellOperations } from './operations.ts'

interface Written {
  readonly connectors?: unknown
  readonly services?: unknown
  readonly roles?: object
  readonly apps?: object
}

/** A service of each type, configured by what its schema has for defaults, and a key that may do everything. */
const completed =
  ({ manifest, modules }: ConnectorFolder, key: string) =>
  (written: Written): object => ({
    ...written,
    connectors: written.connectors ?? modules,
    services:
      written.services ??
      Object.fromEntries(Object.keys(manifest.serviceTypes).map((type) => [type, { type, config: {} }])),
    roles: { ...written.roles, developer: { access: [{ service: '*', component: '*', verbs: METHODS }] } },
    apps: { ...written.apps, developer: { apiKey: key, role: 'developer' } },
  })

/** Runs a connector until it is told to stop, and prints what can be called. */
export const runConnector = (
  terminal: Terminal,
  connector: ConnectorFolder,
  options: StartOptions,
): Promise<number> => {
  const key = terminal.env.GW_API_KEY
  if (key === undefined) throw new Error('gw dev --watched is started by gw dev only')
  return start(
    terminal,
    { host: '127.0.0.1', ...options, config: DEV_FILE },
    {
      complete: completed(connector, key),
      async announce(out, { gateway, configuration }, url) {
        await settled(gateway, configuration().config.server.startTimeout)
        await tellOperations(out, gateway, `${url}${configuration().config.server.basePath}/v2`, key)
      },
    },
  )
}
