/** Large bodies through a service over HTTP, both ways: nothing of them stays in the gateway. */
import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { residentMemory } from '../../bench/systems/process.ts'
import { type Client, clientOf, readSlowly } from '../client.ts'
import { type Gateway, startGateway } from '../gateway.ts'
import type { Proof } from '../proof.ts'

export interface RemoteStage {
  readonly gateway: Gateway
  readonly client: Client
  /** Of each body. */
  readonly bytes: number
  /** MiB that the gateway had at most while the first bodies went by. */
  first: number
  /** Bytes that the service has taken since it was last asked, and calls that it has under way. */
  readonly service: { taken: number; calls: number }
}

const PIECE = Buffer.alloc(64 * 1024, 'a piece of a large body ')
/** Bytes of the first bodies, one down and one up. */
const WARMING = 64 * 1024 * 1024
/** Milliseconds in which the service has to hear that a client has left. */
const SOON = 20_000

function* pieces(bytes: number): Generator<Buffer> {
  for (let left = bytes; left > 0; left -= PIECE.length) yield left < PIECE.length ? PIECE.subarray(0, left) : PIECE
}

/** Gives and takes as much as it is asked to. */
const startService = async (service: RemoteStage['service']) => {
  const give = async (request: IncomingMessage, response: ServerResponse) => {
    service.calls += 1
    response.once('close', () => {
      service.calls -= 1
    })
    if (request.method !== 'GET')
      for await (const chunk of request as AsyncIterable<Buffer>) service.taken += chunk.length
    const bytes = Number(/^\/give\/(\d+)/.exec(request.url!)?.[1] ?? 0)
    response.writeHead(200, { 'content-type': 'application/octet-stream' })
    await pipeline(pieces(bytes), response)
  }
  const server = createServer((request, response) => void give(request, response).catch(() => response.destroy()))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

export const openRemoteStage = async (bytes: number) => {
  const service = { taken: 0, calls: 0 }
  const server = await startService(service)
  const { port } = server.address() as AddressInfo
  const served = { connector: '@gw/http', service: { type: 'rws', config: { base_url: `http://127.0.0.1:${port}` } } }
  const gateway = await startGateway(served, {
    config: {},
    probe: 'give/1',
    settings: {
      egress: { allow: ['127.0.0.1'] },
      server: { bodyLimit: 2 * bytes, requestTimeout: 3_600_000 },
    },
  })
  const client = clientOf(gateway)
  const stage: RemoteStage = { gateway, client, bytes, first: 0, service }
  // A process takes memory for what lives shortly, and for code, with any body, and may give it back in between. What is
  // proved is that a longer body takes no more than the first ones did.
  const looking = setInterval(() => {
    stage.first = Math.max(stage.first, residentMemory(gateway.pid))
  }, 25)
  await lengthOf((await client.open(`give/${WARMING}`, '*/*')).answer)
  await lengthOf(await upload({ ...stage, bytes: WARMING }, 'POST', 'take'))
  clearInterval(looking)
  return {
    stage,
    async close() {
      client.close()
      await gateway.stop()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const lengthOf = async (answer: IncomingMessage): Promise<number> => {
  let length = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) length += chunk.length
  return length
}

const upload = async (
  { client, bytes }: RemoteStage,
  method: string,
  path: string,
  headers: Record<string, string> = {},
) => {
  const { request, answer } = client.begin(method, path, { 'content-type': 'application/octet-stream', ...headers })
  await Promise.race([answer, pipeline(pieces(bytes), request)])
  return answer
}

const quiet = async ({ service }: RemoteStage): Promise<string> => {
  const begun = performance.now()
  while (service.calls > 0 && performance.now() - begun < SOON) await pause(20)
  assert.equal(service.calls, 0, 'the service still has calls of clients who have left')
  return `quiet after ${(performance.now() - begun).toFixed(0)} ms`
}

export const REMOTE_PROOFS: readonly Proof<RemoteStage>[] = [
  {
    name: 'an answer streams through',
    async run({ client, bytes }) {
      const { answer } = await client.open(`give/${bytes}`, '*/*')
      assert.equal(answer.statusCode, 200)
      assert.equal(await lengthOf(answer), bytes)
      return `${bytes} bytes down`
    },
  },
  {
    name: 'a body streams through, with its length and without',
    async run(stage) {
      for (const [method, headers] of [
        ['POST', { 'content-length': String(stage.bytes) }],
        ['PUT', {}],
      ] as const) {
        stage.service.taken = 0
        const answer = await upload(stage, method, 'take', headers)
        await lengthOf(answer)
        assert.deepEqual([answer.statusCode, stage.service.taken], [200, stage.bytes])
      }
      return `twice ${stage.bytes} bytes up`
    },
  },
  {
    name: 'an answer that is read slowly waits, and its reader may leave',
    async run(stage) {
      const { request, answer } = await stage.client.open(`give/${stage.bytes}`, '*/*')
      answer.on('error', () => undefined)
      const read = await readSlowly(answer, 1_000_000, 2_000)
      request.destroy()
      return `${read} bytes read, ${await quiet(stage)}`
    },
  },
  {
    name: 'a body whose client leaves in its middle leaves nothing behind',
    async run(stage) {
      stage.service.taken = 0
      const { request } = stage.client.begin('POST', 'take', {
        'content-type': 'application/octet-stream',
        'content-length': String(stage.bytes),
      })
      for (const piece of pieces(stage.bytes / 8))
        if (!request.write(piece)) await new Promise((resolve) => request.once('drain', resolve))
      while (stage.service.taken === 0) await pause(20)
      request.destroy()
      return quiet(stage)
    },
  },
]
