import type { ServiceStatus } from '../kernel.ts'
import { type OpenedGateway, type OpenOptions, openGateway } from './open.ts'
import { containStrays } from './strays.ts'
import { type Terminal, table } from './terminal.ts'

export interface StartOptions {
  readonly config?: string | undefined
  readonly host?: string | undefined
  readonly port?: string | undefined
}

/** What a gateway that is run for another purpose does otherwise. */
export interface StartVariant extends Pick<OpenOptions, 'complete'> {
  /** Tells people, or machines, where it listens and what there is. */
  readonly announce?: (terminal: Terminal, opened: OpenedGateway, url: string) => void | Promise<void>
}

/** Runs the gateway until it is told to stop. SIGTERM and SIGINT drain, SIGHUP reads the configuration again. */
export const start = async (
  terminal: Terminal,
  options: StartOptions,
  { complete, announce = announceServices }: StartVariant = {},
): Promise<number> => {
  const opened = await openGateway({ cwd: terminal.cwd, file: options.config, complete })
  const { gateway, log } = opened
  const port = portOf(options.port ?? terminal.env.PORT)
  containStrays(opened)
  const watching = opened.watch()
  await gateway.start()
  const listening = await gateway
    .listen({ ...(options.host !== undefined && { host: options.host }), ...(port !== undefined && { port }) })
    .catch(async (error: unknown) => {
      await Promise.all([watching.close(), gateway.stop()])
      throw error
    })
  // Whoever reads that it listens may save a change at once, and expects it to count.
  await watching.ready
  await announce(terminal, opened, listening.url)

  return new Promise((resolve) => {
    const stop = (signal: NodeJS.Signals) => {
      // A second signal does not wait for calls under way.
      process.once(signal, () => process.exit(1))
      log.logger.info('stopping', { signal })
      Promise.all([watching.close(), gateway.stop()])
        .then(() => log.flush())
        .then(
          () => resolve(0),
          (error: unknown) => {
            log.logger.error('the gateway did not stop cleanly', { error })
            resolve(1)
          },
        )
    }
    process.once('SIGTERM', stop)
    process.once('SIGINT', stop)
    process.on('SIGHUP', () => void opened.reload())
  })
}

/** @throws Error where it is no port */
const portOf = (text: string | undefined): number | undefined => {
  if (text === undefined || text === '') return undefined
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65535)
    throw new Error(`"${text}" is not a port: PORT and --port take a number from 0 to 65535`)
  return port
}

/** People read a page, machines the same facts as one line of the log. */
const announceServices = (terminal: Terminal, { configuration, gateway, log }: OpenedGateway, url: string): void => {
  const { config, file } = configuration()
  const services = gateway.services()
  const api = `${url}${config.server.basePath}/v2`
  const docs = config.server.docs ? `${url}/docs/` : undefined
  const forPeople = config.log.format === 'pretty' || (config.log.format === 'auto' && process.stdout.isTTY === true)
  if (!forPeople) {
    const states = Object.fromEntries(services.map(({ name, state }) => [name, state]))
    log.logger.info('listening', { api, docs, services: states })
    return
  }
  terminal.print(`\n${terminal.style('bold', 'gw')} with ${file}\n`)
  terminal.print(services.length === 0 ? 'No services are configured yet.' : serviceTable(terminal, services))
  terminal.print(`\nAPI   ${terminal.style('cyan', api)}`)
  if (docs !== undefined) terminal.print(`Docs  ${terminal.style('cyan', docs)}`)
  terminal.print('Stop with Ctrl+C. Changes of the configuration take effect as they are saved.\n')
}

const serviceTable = (terminal: Terminal, services: readonly ServiceStatus[]): string =>
  table(
    terminal,
    ['service', 'type', 'state', ''],
    services.map(({ name, type, state, reason, detail }) => [name, type, state, detail ?? reason ?? '']),
  )
