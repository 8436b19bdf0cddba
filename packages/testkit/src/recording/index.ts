/**
 * Conversations with a service over HTTP, recorded once and played again: for connectors of services that no test can
 * start. What is played is what the service said on one day; that it still does is shown by recording anew.
 */
import { join } from 'node:path'
import type { Host, ServiceType } from '@gw/core'
import { bytesOf, type Interaction, readRecording, type StoredBody, storedBody, writeRecording } from './file.ts'
import { type Scrubber, scrubber, secretValues } from './scrub.ts'

export type { Interaction, RecordingFile } from './file.ts'
export { SCRUBBED } from './scrub.ts'

type Fetch = Host['fetch']

export interface RecordedOptions {
  /** The type under test: the values of its `writeOnly` fields are secrets. */
  readonly type: ServiceType<any>
  /** The service's configuration; its secrets may be others each time. */
  readonly config: Readonly<Record<string, unknown>>
  /** Other values that must not be kept. */
  readonly secrets?: readonly string[]
  /** Where recordings lie. Default: `test/recordings` below the working directory. */
  readonly folder?: string
  /** Whether to record. Default: where the environment's `GW_RECORD` is 1. */
  readonly record?: boolean
}

export interface Recorded {
  readonly recording: boolean
  /** The type, whose services go out through the recording: give it to `openGateway` or to a suite. */
  readonly type: ServiceType<any>
  /** Where `Host.fetch` stands in a test: played, or recorded from `way`. */
  through(way: Fetch): Fetch
  /** Writes what was recorded. Call it when the test has ended. */
  close(): Promise<void>
}

/** Of the connection, not of the answer; or other each time. */
const DROPPED = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-encoding',
  'content-length',
  'set-cookie',
  'date',
])

const kept = (headers: Headers): Headers => new Headers([...headers].filter(([name]) => !DROPPED.has(name)))

const mediaType = (headers: Headers): string => headers.get('content-type') ?? ''

interface Asked {
  readonly method: string
  readonly url: string
  readonly headers: Headers
  readonly bytes: Uint8Array<ArrayBuffer>
}

const askedOf = async (input: Parameters<Fetch>[0], init: Parameters<Fetch>[1]): Promise<Asked> => {
  const request = new Request(input, {
    ...init,
    ...(init?.body instanceof ReadableStream && { duplex: 'half' }),
  } as RequestInit)
  const { method, url, headers } = request
  return { method, url, headers, bytes: new Uint8Array(await request.arrayBuffer()) }
}

const requestOf = ({ method, url, headers, bytes }: Asked, scrub: Scrubber): Interaction['request'] => ({
  method,
  url: scrub.url(url),
  headers: scrub.headers(headers),
  body: storedBody(bytes, (text) => scrub.body(text, mediaType(headers))),
})

const keyOf = ({ method, url, body }: Interaction['request']): string => JSON.stringify([method, url, body])

const answerOf = ({ status, headers, body }: Interaction['response']): Response =>
  new Response([101, 204, 205, 304].includes(status) ? null : bytesOf(body), { status, headers })

const told = ({ method, url, body }: Interaction['request']): string =>
  `${method} ${url}${body.text ? ` ${body.text.slice(0, 200)}` : ''}`

const player = (name: string, interactions: readonly Interaction[], scrub: Scrubber): Fetch => {
  const left = Map.groupBy(interactions, ({ request }) => keyOf(request))
  return async (input, init) => {
    init?.signal?.throwIfAborted()
    const request = requestOf(await askedOf(input, init), scrub)
    const found = left.get(keyOf(request))
    if (found === undefined)
      throw new Error(
        `The recording '${name}' has no answer to ${told(request)}. Record it again with GW_RECORD=1. It knows:\n${interactions.map((one) => told(one.request)).join('\n')}`,
      )
    // In the order in which they came; the last one again and again.
    const [first] = found.length > 1 ? found.splice(0, 1) : found
    return answerOf(first!.response)
  }
}

const recorder =
  (way: Fetch, keep: (interaction: Interaction) => void, scrub: Scrubber): Fetch =>
  async (input, init) => {
    const asked = await askedOf(input, init)
    const { method, headers, bytes } = asked
    // Before the answer: what is a secret in it may be told there.
    const request = requestOf(asked, scrub)
    const { body: _body, ...rest } = init ?? {}
    const response = await way(asked.url, {
      ...rest,
      method,
      headers,
      ...(bytes.byteLength > 0 && { body: bytes }),
    })
    const received = new Uint8Array(await response.arrayBuffer())
    const body: StoredBody = storedBody(received, (text) => scrub.body(text, mediaType(response.headers)))
    const { status } = response
    keep({
      request,
      response: { status, headers: scrub.headers(kept(response.headers)), body },
    })
    // The one that records sees what was said.
    return new Response([101, 204, 205, 304].includes(status) ? null : received, {
      status,
      headers: kept(response.headers),
    })
  }

/**
 * Plays a recording by its name, or makes it where the environment says `GW_RECORD=1`: then calls go out by the
 * gateway's own `Host.fetch`. No credentials are kept: not the headers for them, no cookie, no parameter or member whose
 * name says that it is a secret, and no value of a `writeOnly` field wherever it stands; a recording that still held one
 * is not written.
 *
 * @param name of the file: `holidays` is `test/recordings/holidays.json`
 * @throws Error where there is no such recording; a request that is not in it rejects with what is
 * @example
 * const recording = await recorded('holidays', { type: holidays, config })
 * const gateway = await openGateway({ services: { db: { type: recording.type, config } } })
 */
export const recorded = async (name: string, options: RecordedOptions): Promise<Recorded> => {
  if (!/^[\w.-]+$/.test(name) || name.startsWith('.')) throw new Error(`'${name}' is no name for a recording.`)
  const { type, config, record = process.env.GW_RECORD === '1' } = options
  const scrub = scrubber(secretValues(type, config, options.secrets))
  const file = join(options.folder ?? join(process.cwd(), 'test/recordings'), `${name}.json`)
  const interactions: Interaction[] = []
  const play = record ? undefined : player(name, (await readRecording(file, name)).interactions, scrub)
  const through = (way: Fetch): Fetch => play ?? recorder(way, (one) => void interactions.push(one), scrub)
  return {
    recording: record,
    through,
    type: {
      ...type,
      create: (settings, host) =>
        type.create(settings, {
          ...host,
          fetch: through(host.fetch),
          ...(host.outgoing && {
            outgoing: (own: Parameters<NonNullable<Host['outgoing']>>[0]) => {
              const way = host.outgoing!(own)
              return { ...way, fetch: through(way.fetch) }
            },
          }),
        }),
    },
    async close() {
      if (!record) return
      const recording = { version: 1, recorded: new Date().toISOString().slice(0, 10), interactions } as const
      if (scrub.holds(JSON.stringify(recording)))
        throw new Error(`The recording '${name}' would hold a secret of the configuration: it was not written.`)
      await writeRecording(file, recording)
    },
  }
}
