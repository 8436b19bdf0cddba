/**
 * One keep-alive connection that asks the same few questions again and again: requests are bytes made beforehand, of an
 * answer only its end is looked for. A real client library costs several times as much CPU as the servers that are
 * measured, on the cores that they share.
 */
import { connect, type Socket } from 'node:net'
import type { HttpRequest } from '../workloads.ts'

export interface Connection {
  /** Sends a request; `answered` is called once, with the answer's status, or 0 where the connection broke. */
  send(request: Buffer, answered: (status: number) => void): void
  close(): void
}

/** A request as it goes over the wire. */
export const encodeRequest = (
  url: URL,
  { method, path, body }: HttpRequest,
  headers: Readonly<Record<string, string>>,
): Buffer => {
  const own = body === undefined ? [] : ['content-type: application/json', `content-length: ${Buffer.byteLength(body)}`]
  const lines = [`host: ${url.host}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), ...own]
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body ?? ''}`)
}

const HEAD_END = Buffer.from('\r\n\r\n')
const LAST_CHUNK = Buffer.from('0\r\n\r\n')

/** Finds where answers end, whatever pieces they come in. @returns what takes a piece and gives the status at the end */
export const answerReader = (): ((piece: Buffer) => number | undefined) => {
  let head: Buffer = Buffer.alloc(0)
  let status = 0
  /** Bytes of the body that are still to come; -1 while there is no head, `chunked` where nobody knows. */
  let missing: number | 'chunked' = -1
  let tail: Buffer = Buffer.alloc(0)
  const end = (): number => {
    missing = -1
    return status
  }
  const take = (body: Buffer): number | undefined => {
    if (missing !== 'chunked') {
      missing -= body.length
      return missing <= 0 ? end() : undefined
    }
    tail = body.length >= LAST_CHUNK.length ? body : Buffer.concat([tail.subarray(-LAST_CHUNK.length), body])
    return tail.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK) ? end() : undefined
  }
  return (piece) => {
    if (missing !== -1) return take(piece)
    head = head.length === 0 ? piece : Buffer.concat([head, piece])
    const at = head.indexOf(HEAD_END)
    if (at < 0) return undefined
    const text = head.toString('latin1', 0, at + 2)
    const body = head.subarray(at + HEAD_END.length)
    head = Buffer.alloc(0)
    status = Number(text.slice(9, 12))
    const length = /\r\ncontent-length: *(\d+)\r\n/i.exec(text)?.[1]
    missing = length === undefined ? 'chunked' : Number(length)
    tail = Buffer.alloc(0)
    return take(body)
  }
}

/** Opens a connection, and opens it again where it breaks. */
export const openConnection = async (url: URL): Promise<Connection> => {
  let waiting: ((status: number) => void) | undefined
  let closed = false
  const settle = (status: number) => {
    const answered = waiting
    waiting = undefined
    answered?.(status)
  }
  const open = (): Socket => {
    const read = answerReader()
    return connect({ host: url.hostname, port: Number(url.port), noDelay: true })
      .on('data', (piece: Buffer) => {
        const status = read(piece)
        if (status !== undefined) settle(status)
      })
      .on('error', () => undefined)
      .on('close', () => {
        if (closed) return
        socket = open()
        settle(0)
      })
  }
  let socket = open()
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()))
  return {
    send(request, answered) {
      waiting = answered
      socket.write(request)
    },
    close() {
      closed = true
      socket.destroy()
    },
  }
}
