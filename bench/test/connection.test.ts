import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { answerReader, encodeRequest, openConnection } from '../load/connection.ts'
import { generateOpen } from '../load/open.ts'
import type { System } from '../systems/process.ts'

/** Gives an answer piece by piece. @returns after which pieces it was seen to end, and with which status */
const endsOf = (pieces: readonly string[]) => {
  const read = answerReader()
  return pieces.flatMap((piece, index) => {
    const status = read(Buffer.from(piece))
    return status === undefined ? [] : [[index, status]]
  })
}

describe('the end of an answer', () => {
  it('is found by its length, however it is cut', () => {
    const text = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'
    for (let at = 1; at < text.length; at += 1) expect(endsOf([text.slice(0, at), text.slice(at)])).toEqual([[1, 200]])
  })

  it('is found by its last chunk, however it is cut', () => {
    const text = 'HTTP/1.1 404 Not Found\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n'
    for (let at = 1; at < text.length; at += 1) expect(endsOf([text.slice(0, at), text.slice(at)])).toEqual([[1, 404]])
  })

  it('is found of one answer after the other', () => {
    const text = (status: number) => `HTTP/1.1 ${status} X\r\ncontent-length: 2\r\n\r\nok`
    expect(endsOf([text(200), text(500), text(201)])).toEqual([
      [0, 200],
      [1, 500],
      [2, 201],
    ])
  })

  it('is not seen in a body that looks like a head', () => {
    const body = 'a\r\n\r\nb'
    expect(endsOf([`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n`, 'a\r\n\r\n', 'b'])).toEqual([[2, 200]])
  })
})

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections()
})
const serve = async (handler: Parameters<typeof createServer>[1]): Promise<URL> => {
  const server = createServer(handler as never)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
}

it('sends what a real server understands', async () => {
  const seen: unknown[] = []
  const url = await serve(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    seen.push([request.method, request.url, request.headers['x-key'], request.headers['content-type'], body])
    response.end('fine')
  })
  const connection = await openConnection(url)
  const request = { method: 'POST', path: '/x?y=1', body: '{"é":1}' } as const
  const status = await new Promise((resolve) => connection.send(encodeRequest(url, request, { 'x-key': 'k' }), resolve))
  connection.close()
  expect(status).toBe(200)
  expect(seen).toEqual([['POST', '/x?y=1', 'k', 'application/json', '{"é":1}']])
})

describe('an open loop', () => {
  const load = { rate: 100, seconds: 1, connections: 4 }
  const ask = (url: URL) =>
    generateOpen({ url: url.origin, headers: {} } as System, [{ method: 'GET', path: '/' }], load)

  it('charges a system that stalls for all who were due meanwhile, not only for those it let in', async () => {
    let stall: Promise<void> | undefined
    let count = 0
    const url = await serve(async (_request, response) => {
      count += 1
      // After some answers nobody gets one for 600 ms: of 100 requests a second, some 60 are due in that time.
      if (count === 20) stall = new Promise((resolve) => setTimeout(resolve, 600))
      await stall
      response.end('ok')
    })
    const { requests, p50, failures } = await ask(url)
    expect(requests).toBe(100)
    expect(failures).toBe(0)
    // A closed loop on 4 connections would have charged 4 of 100, and called half of all requests quick.
    expect(p50).toBeGreaterThan(50)
  }, 30_000)

  it('counts answers that are refusals as failures', async () => {
    const url = await serve((_request, response) => {
      response.statusCode = 503
      response.end()
    })
    expect(await ask(url)).toMatchObject({ requests: 100, failures: 100 })
  }, 30_000)
})
