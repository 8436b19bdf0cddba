import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FramedBytes, respond, type TextAnswer } from '../src/formats/index.ts'
import { send } from '../src/http/send.ts'
import { ownedBody } from '../src/owned-body.ts'
import { type Encoded, encoded, rows } from '../src/reply.ts'

const listOf = (length: number): Buffer => {
  const bytes = Buffer.allocUnsafeSlow(length)
  bytes.write(`["${'ö'.repeat(Math.floor((length - 4) / 2))}${'x'.repeat(length % 2)}"]`)
  return bytes
}
const answerOf = (list: Encoded) => respond(rows({ items: list }), { query: {}, headers: new Headers() })

/** What the next request is answered with. */
let next: TextAnswer | Response
let port = 0
const server = createServer((incoming, outgoing) => void send(next, incoming, outgoing))

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

describe('a list of bytes', () => {
  it.each([10, 4_096, 4_097, 100_000, 10_000_000])('of %d bytes arrives whole, with its length', async (length) => {
    const bytes = listOf(length)
    const text = `{"resource":${bytes.toString()}}`
    next = (await answerOf(encoded(bytes))) as TextAnswer
    for (let time = 0; time < 2; time++) {
      const response = await fetch(`http://127.0.0.1:${port}/`)
      expect(response.headers.get('content-length')).toBe(String(Buffer.byteLength(text)))
      expect(await response.text()).toBe(text)
    }
    expect(bytes.byteLength).toBe(length)
  })

  it('gives its memory back when it was sent, where nobody else has it', async () => {
    const bytes = listOf(100_000)
    const text = `{"resource":${bytes.toString()}}`
    next = (await answerOf(encoded(bytes, { owned: true }))) as TextAnswer
    expect(next.body).toBeInstanceOf(FramedBytes)
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe(text)
    await expect.poll(() => bytes.byteLength).toBe(0)
  })

  it('keeps its memory while a slow reader takes it, and where one breaks off', async () => {
    const ask = async () => {
      const socket = connect(port, '127.0.0.1')
      await once(socket, 'connect')
      socket.pause()
      socket.write('GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n')
      await pause(100)
      return socket
    }
    const length = 30_000_000
    const slow = listOf(length)
    const text = `{"resource":${slow.toString()}}`
    next = (await answerOf(encoded(slow, { owned: true }))) as TextAnswer
    const patient = await ask()
    expect(slow.byteLength).toBe(length)
    const chunks: Buffer[] = []
    patient.on('data', (chunk) => chunks.push(chunk)).resume()
    await once(patient, 'close')
    expect(Buffer.concat(chunks).toString().endsWith(text)).toBe(true)
    await expect.poll(() => slow.byteLength).toBe(0)

    const broken = listOf(length)
    next = (await answerOf(encoded(broken, { owned: true }))) as TextAnswer
    const leaving = await ask()
    leaving.destroy()
    await pause(100)
    expect(broken.byteLength).toBe(length)
  })
})

describe('answers of one turn', () => {
  const texts = ['first', 'x'.repeat(5_000), 'ö'.repeat(3_000), 'last']
  const lists = texts.map((text) => JSON.stringify([text]))
  // As bytes, long ones go by themselves.
  const bodies = [...lists.map((list) => encoded(list)), ...lists.map((list) => encoded(Buffer.from(list)))]

  it('arrive whole and in their order, also those that a client asked for at once', async () => {
    let asked = 0
    const own = createServer((incoming, outgoing) => {
      const body = bodies[asked++ % bodies.length]!
      void send(respond(rows({ items: body }), { query: {}, headers: new Headers() }) as TextAnswer, incoming, outgoing)
    }).listen(0, '127.0.0.1')
    await once(own, 'listening')
    const socket = connect((own.address() as AddressInfo).port, '127.0.0.1')
    const request = 'GET / HTTP/1.1\r\nHost: here\r\n\r\n'
    socket.write(request.repeat(7) + request.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'))
    const chunks: Buffer[] = []
    socket.on('data', (chunk) => chunks.push(chunk))
    await once(socket, 'close')
    const answers = Buffer.concat(chunks).toString().split('HTTP/1.1 200 OK').slice(1)
    expect(answers.map((answer) => answer.split('\r\n\r\n')[1])).toEqual(
      [...texts, ...texts].map((text) => `{"resource":["${text}"]}`),
    )
    own.close()
  })

  it('reach everybody where one of them has left', async () => {
    const incoming: IncomingMessage[] = []
    const outgoing: ServerResponse[] = []
    const own = createServer((request, response) => {
      incoming.push(request)
      outgoing.push(response)
    }).listen(0, '127.0.0.1')
    await once(own, 'listening')
    const { port: at } = own.address() as AddressInfo
    const leaving = connect(at, '127.0.0.1').on('error', () => undefined)
    leaving.write('GET / HTTP/1.1\r\nHost: here\r\n\r\n')
    const staying = fetch(`http://127.0.0.1:${at}/`)
    await expect.poll(() => outgoing.length).toBe(2)
    leaving.destroy()
    await expect.poll(() => outgoing.some(({ destroyed }) => destroyed)).toBe(true)
    const text = (await answerOf(encoded('[1]'))) as TextAnswer
    outgoing.forEach((response, index) => {
      void send(text, incoming[index]!, response)
    })
    expect(await (await staying).text()).toBe('{"resource":[1]}')
    own.closeAllConnections()
    own.close()
  })
})

describe('a body whose pieces are nobody else’s', () => {
  const pieces = (count: number) => {
    const made = Array.from({ length: count }, (_, index) => Buffer.alloc(100_000, index + 1))
    let [taken, left] = [0, false]
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        pull(controller) {
          const piece = made[taken++]
          if (piece) controller.enqueue(piece)
          else controller.close()
        },
        cancel() {
          left = true
        },
      },
      { highWaterMark: 0 },
    )
    return { made, body, taken: () => taken, left: () => left }
  }

  it('arrives whole, and gives each piece back when it is sent', async () => {
    const { made, body } = pieces(20)
    const text = Buffer.concat(made)
    next = ownedBody(new Response(body, { status: 206, headers: { 'content-type': 'a/b', etag: '"x"' } }))
    const response = await fetch(`http://127.0.0.1:${port}/`)
    expect([response.status, response.headers.get('etag')]).toEqual([206, '"x"'])
    expect(Buffer.from(await response.arrayBuffer()).equals(text)).toBe(true)
    expect(made.map(({ byteLength }) => byteLength)).toEqual(made.map(() => 0))
  })

  it('is read no further when the client leaves', async () => {
    const { body, taken, left } = pieces(500)
    next = ownedBody(new Response(body))
    const client = connect(port, '127.0.0.1', () => client.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n'))
    await once(client, 'data')
    client.destroy()
    for (let tries = 0; !left() && tries < 500; tries++) await pause(10)
    expect(left()).toBe(true)
    expect(taken()).toBeLessThan(500)
  })

  it('breaks off where its source fails', async () => {
    let pulls = 0
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull(controller) {
        if (++pulls > 3) controller.error(new Error('gone'))
        else controller.enqueue(Buffer.alloc(1000))
      },
    })
    next = ownedBody(new Response(body, { headers: { 'content-length': '5000' } }))
    await expect(fetch(`http://127.0.0.1:${port}/`).then((response) => response.text())).rejects.toThrow()
  })
})
