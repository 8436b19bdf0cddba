/** A service over HTTP, small and right, and what it may do wrong: what the suite of remote services is measured by. */
import { type Call, defineServiceType, endpoint, GwError, type Host, type ServiceType } from '@gw/core'
import { z } from 'zod'
import type { RemoteConformanceOptions } from '../../src/remote/index.ts'

const config = z.strictObject({
  base_url: z.url().meta({ title: 'Address', description: 'Where the service is.' }),
  timeout: z.number().default(60).meta({ title: 'Timeout', description: 'Seconds until a silent source is given up.' }),
})

interface Settings {
  readonly base_url: string
  readonly timeout: number
}

type Asking = (call: Call, settings: Settings, host: Host) => Promise<unknown>

const away = (cause: unknown): GwError =>
  (cause as Error)?.name === 'TimeoutError'
    ? new GwError('upstream_timeout', 'The service does not answer. Try again later.', { cause })
    : new GwError('unavailable', 'The service cannot be reached. Try again later.', { cause })

const read = async (response: Response): Promise<unknown> => {
  if (!response.ok) throw new GwError('upstream_failed', `The service answered with status ${response.status}.`)
  try {
    return await response.json()
  } catch (cause) {
    throw new GwError('upstream_failed', 'The service did not answer in JSON.', { cause })
  }
}

const signalOf = (call: Call, { timeout }: Settings) =>
  AbortSignal.any([call.signal, AbortSignal.timeout(timeout * 1_000)])

export const asking: Asking = async (call, settings, host) =>
  read(
    await host.fetch(`${settings.base_url}/now`, { signal: signalOf(call, settings) }).catch((cause: unknown) => {
      throw away(cause)
    }),
  )

const typeOf = (ask: Asking): ServiceType<any> =>
  defineServiceType({
    contract: 1,
    name: 'small_remote',
    label: 'Small',
    description: 'Asks a service.',
    group: 'Remote Service',
    config,
    create: (settings, host) => ({
      endpoints: [
        endpoint({
          id: 'getNow',
          method: 'GET',
          path: '/now',
          summary: 'What it is now',
          handle: (call) => ask(call as Call, settings, host) as never,
        }),
      ],
    }),
  })

export const remoteSubject = (ask: Asking): RemoteConformanceOptions => ({
  type: typeOf(ask),
  prepare: () => ({
    configOf: (base_url) => ({ base_url }),
    call: { path: 'now' },
    answer: () => ({ now: 1 }),
    impatient: { timeout: 1 },
  }),
})

export const REMOTES: Readonly<Record<string, readonly [Asking, RegExp]>> = {
  'sends the caller’s headers on': [
    async (call, settings, host) =>
      read(
        await host.fetch(`${settings.base_url}/now`, {
          headers: Object.fromEntries(call.request.headers),
          signal: signalOf(call, settings),
        }),
      ),
    /credentials of a caller/,
  ],
  'goes out past the rules of the operator': [
    async (call, settings) => read(await fetch(`${settings.base_url}/now`, { signal: signalOf(call, settings) })),
    /redirect to an address/,
  ],
  'does not pass the signal on': [
    (call, settings, host) =>
      asking(
        new Proxy(call, {
          get(target, name) {
            const value = Reflect.get(target, name, target)
            return name === 'signal' ? new AbortController().signal : value
          },
        }),
        settings,
        host,
      ),
    /client that leaves/,
  ],
  'tells where its source is': [
    (call, settings, host) =>
      asking(call, settings, host).catch((error: Error) => {
        throw new GwError('unavailable', `${settings.base_url}: ${error.message}`)
      }),
    /source that is away/,
  ],
  'waits for ever': [(call, settings, host) => asking(call, { ...settings, timeout: 600 }, host), /silent is given up/],
  'takes what has arrived for the answer': [
    async (call, settings, host) => {
      const { body } = await host.fetch(`${settings.base_url}/now`, { signal: signalOf(call, settings) })
      let text = ''
      try {
        for await (const piece of body!) text += new TextDecoder().decode(piece)
      } catch {}
      return { text }
    },
    /breaks off/,
  ],
  'takes a failure for an answer': [
    async (call, settings, host) => {
      const response = await host.fetch(`${settings.base_url}/now`, { signal: signalOf(call, settings) })
      return { text: await response.text() }
    },
    /failure of the source/,
  ],
  'lets nonsense be a failure of the gateway': [
    async (call, settings, host) =>
      (await host.fetch(`${settings.base_url}/now`, { signal: signalOf(call, settings) })).json(),
    /claims to be JSON/,
  ],
  'asks twice': [
    async (call, settings, host) => {
      await asking(call, settings, host)
      return asking(call, settings, host)
    },
    /asks the source once/,
  ],
}
