import { readFileSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import { GwError, type Logger, type ScriptEvent, type ServiceType } from '../contract.ts'
import type { Registry } from '../discovery/index.ts'
import { openGateway, settled } from './open.ts'
import type { Terminal } from './terminal.ts'

export interface ScriptOptions {
  readonly config?: string | undefined
  /** The language; by default what the file's name ends with. */
  readonly type?: string | undefined
  readonly key?: string | undefined
  readonly method: string
  readonly path: string
  readonly payload?: string | undefined
  readonly event?: string | undefined
  readonly settings?: string | undefined
}

const jsonOf = (text: string, what: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw new GwError('invalid_request', `${what} is not valid JSON.`)
  }
}

const fileOf = (cwd: string, file: string): string => {
  try {
    return readFileSync(resolve(cwd, file), 'utf8')
  } catch {
    throw new GwError('not_found', `${file} can not be read.`)
  }
}

/** Only what is installed is looked at, and of that only what scripts may be written in. */
const languageOf = async (registry: Registry, type: string | undefined, file: string): Promise<ServiceType> => {
  const ending = extname(file).slice(1)
  const loaded = await Promise.all(registry.types().map(({ name }) => registry.load(name).catch(() => undefined)))
  const languages = [...new Set(loaded)].filter((one) => one?.engine !== undefined) as ServiceType[]
  const found = languages.find(({ name, aliases = [], engine }) =>
    type === undefined ? engine!.extensions.includes(ending) : name === type || aliases.includes(type),
  )
  if (found) return found
  const names = languages.map(({ name }) => name).join(', ')
  throw new GwError(
    'not_found',
    names === ''
      ? 'No language for scripts is installed: install @gw/script-node, @gw/script-python or @gw/script-php.'
      : `It is not known what ${file} is written in. Say so with --type: ${names}.`,
  )
}

/** What the script sees: a call as the options describe it, with the parts of the event's file in place of its own. */
const eventOf = (terminal: Terminal, { method, path, payload, event }: ScriptOptions): ScriptEvent => {
  const url = new URL(path.replace(/^\/+/, ''), 'http://gateway.internal/')
  const content = payload ?? ''
  const given = (event === undefined ? {} : jsonOf(fileOf(terminal.cwd, event), event)) as Partial<ScriptEvent>
  return {
    request: {
      api_version: '2.0',
      method: method.toUpperCase(),
      parameters: Object.fromEntries(url.searchParams),
      headers: {},
      payload: payload === undefined ? null : jsonOf(payload, 'The payload'),
      content,
      content_type: payload === undefined ? '' : 'application/json',
      uri: url.pathname + url.search,
      service: 'script',
      ...given.request,
    },
    response: { status_code: null, headers: {}, content: null, content_type: null, ...given.response },
    resource: given.resource ?? url.pathname.slice(1),
  }
}

/** Lines of the script to standard error, so that the result stands alone. */
const logTo = ({ note }: Terminal): Logger => {
  const line = (message: string, fields?: object) => note(String((fields as { text?: string })?.text ?? message))
  return { debug() {}, info: line, warn: line, error: line }
}

/**
 * Runs a script as the gateway would, and prints what it returned, or else its response. Its calls are those of whoever
 * wrote the configuration, or, with a key, of that app.
 */
export const runScript = async (terminal: Terminal, file: string, options: ScriptOptions): Promise<number> => {
  const content = fileOf(terminal.cwd, file)
  const event = eventOf(terminal, options)
  const config = options.settings === undefined ? {} : (jsonOf(options.settings, 'The configuration') as object)
  const { gateway, registry, configuration } = await openGateway({
    cwd: terminal.cwd,
    file: options.config,
    quiet: true,
  })
  try {
    const { engine } = await languageOf(registry, options.type, file)
    await gateway.start()
    await settled(gateway, configuration().config.server.startTimeout)
    const outcome = await gateway.runScript(
      engine!,
      { name: file, content, config: { ...config } },
      { event, log: logTo(terminal), ...(options.key !== undefined && { credentials: { apiKey: options.key } }) },
    )
    terminal.print(JSON.stringify(outcome.returned ?? outcome.event.response, null, 2))
    return 0
  } finally {
    await gateway.stop()
  }
}
