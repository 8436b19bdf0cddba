/** Large files, and clients that leave in their middle. */
import assert from 'node:assert/strict'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { crc32 } from 'node:zlib'
import { type Proof, until } from '../proof.ts'
import type { FileStage } from './stage.ts'

const MEBIBYTE = 1_048_576
/** No two pieces in a row are the same. */
const PIECES = Array.from({ length: 7 }, (_, seed) =>
  Buffer.from(Uint8Array.from({ length: MEBIBYTE }, (__, index) => (index * (seed + 3) + (index >> 9)) % 251)),
)

/** Writes so many bytes as fast as they are taken. @returns what they come to */
const write = async (sending: ClientRequest, bytes: number, onProgress: (done: number) => void): Promise<number> => {
  let sum = 0
  const closed = new Promise((resolve) => sending.once('close', resolve))
  for (let sent = 0; sent < bytes; sent += MEBIBYTE) {
    const piece = PIECES[(sent / MEBIBYTE) % PIECES.length]!
    sum = crc32(piece, sum)
    assert.ok(!sending.destroyed, `the gateway closed the connection after ${sent} bytes`)
    if (!sending.write(piece)) await Promise.race([closed, new Promise((resolve) => sending.once('drain', resolve))])
    onProgress(sent)
  }
  return sum
}

const read = async (answer: IncomingMessage, onProgress: (done: number) => void) => {
  let [sum, bytes] = [0, 0]
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    sum = crc32(chunk, sum)
    bytes += chunk.length
    onProgress(bytes)
  }
  return { sum, bytes }
}

const settled = async ({ store, gateway }: FileStage): Promise<string> => {
  const { so, after } = await until(20_000, async () => store.unfinished(gateway.pid).length === 0)
  assert.ok(so, `left: ${store.unfinished(gateway.pid).join(', ')}`)
  return `nothing left after ${after.toFixed(0)} ms`
}

/** What the last upload came to: what is read has to come to the same. */
const stored = new WeakMap<FileStage, number>()

export const FILE_PROOFS: readonly Proof<FileStage>[] = [
  {
    name: 'a large file goes up without memory for its length',
    async run(stage) {
      const { client, size, onProgress } = stage
      const headers = { 'content-length': String(size) }
      const { request, answer } = client.begin('POST', 'large.bin', headers)
      const sum = await write(request, size, (done) => onProgress(done, size))
      request.end()
      const { statusCode } = (await answer).resume()
      assert.equal(statusCode, 201)
      stored.set(stage, sum)
      return `${size / MEBIBYTE} MiB, ${await settled(stage)}`
    },
  },
  {
    name: 'a large file comes down as it went up, without memory for its length',
    async run(stage) {
      const { client, size, onProgress } = stage
      const { answer } = await client.open('large.bin', '*/*')
      const { sum, bytes } = await read(answer, (done) => onProgress(done, size))
      assert.deepEqual({ bytes, sum }, { bytes: size, sum: stored.get(stage) })
      return `${bytes / MEBIBYTE} MiB, ${await settled(stage)}`
    },
  },
  {
    name: 'of an upload whose client leaves in its middle nothing stays',
    async run(stage) {
      const { client, size, onProgress } = stage
      const { request } = client.begin('POST', 'left.bin', { 'content-length': String(size) })
      await write(request, Math.floor(size / 2), (done) => onProgress(done, size))
      request.destroy()
      const seen = await settled(stage)
      assert.equal((await client.call('GET', '?as_list=true')).body.resource.includes('left.bin'), false)
      return seen
    },
  },
  {
    name: 'of a download whose client leaves in its middle nothing stays open',
    async run(stage) {
      const { request, answer } = await stage.client.open('large.bin', '*/*')
      answer.on('error', () => undefined)
      await new Promise((resolve) => answer.once('data', resolve))
      request.destroy()
      return settled(stage)
    },
  },
]
