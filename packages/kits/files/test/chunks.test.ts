import { once } from 'node:events'
import { createServer, get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PassThrough, Readable } from 'node:stream'
import { crc32 } from 'node:zlib'
import { release } from '@gw/core'
import { expect, test } from 'vitest'
import { chunksOf } from '../src/index.ts'

const MEBIBYTE = 1_048_576
const PIECES = Array.from({ length: 7 }, (_, seed) =>
  Buffer.from(Uint8Array.from({ length: MEBIBYTE }, (__, index) => (index * (seed + 3) + (index >> 9)) % 251)),
)

/** A server that sends so many MiB. */
const serving = async (count: number) => {
  const server = createServer(async (_request, response) => {
    response.writeHead(200, { 'content-length': count * MEBIBYTE })
    for (let index = 0; index < count; index++)
      if (!response.write(PIECES[index % PIECES.length])) await once(response, 'drain')
    response.end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    answer: () => new Promise<IncomingMessage>((resolve) => get({ host: '127.0.0.1', port }, resolve)),
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

test('what an answer over HTTP brings is complete, and as much memory is live as is on its way, whatever its length', async () => {
  const count = 120
  const { answer, close } = await serving(count)
  let expected = 0
  for (let index = 0; index < count; index++) expected = crc32(PIECES[index % PIECES.length]!, expected)
  let [sum, bytes, most] = [0, 0, 0]
  const before = process.memoryUsage().arrayBuffers
  for await (const chunk of chunksOf(await answer())) {
    sum = crc32(chunk, sum)
    bytes += chunk.byteLength
    release(chunk)
    most = Math.max(most, process.memoryUsage().arrayBuffers - before)
  }
  close()
  expect({ sum, bytes }).toEqual({ sum: expected, bytes: count * MEBIBYTE })
  // Without giving back what the parser copied from, 30 MiB and more gather.
  expect(most).toBeLessThan(12 * MEBIBYTE)
})

test('a reader that stops ends the answer, and listens to its socket no longer', async () => {
  const { answer, close } = await serving(20)
  const response = await answer()
  for await (const chunk of chunksOf(response)) {
    expect(chunk.byteLength).toBeGreaterThan(0)
    await new Promise((resolve) => setTimeout(resolve, 20))
    break
  }
  expect(response.destroyed).toBe(true)
  expect(response.socket.listenerCount('data')).toBeLessThan(2)
  close()
})

test('a stream that breaks off, or is destroyed while it is waited for, ends with an error', async () => {
  const read = async (stream: Readable) => {
    let text = ''
    for await (const chunk of chunksOf(stream)) text += Buffer.from(chunk).toString()
    return text
  }
  expect(await read(Readable.from([Buffer.from('a'), Buffer.from('b')]))).toBe('ab')
  const silent = new PassThrough()
  const waiting = read(silent)
  silent.write('a')
  setTimeout(() => silent.destroy(), 10)
  await expect(waiting).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' })
  const broken = new PassThrough()
  setTimeout(() => broken.destroy(new Error('gone')), 10)
  await expect(read(broken)).rejects.toThrow('gone')
  const gone = new PassThrough()
  gone.destroy()
  await expect(read(gone)).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' })
})
