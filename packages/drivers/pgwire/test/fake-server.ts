/** A server that says what a test tells it to, byte by byte; it understands nothing but where messages end. */
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { Client, type ClientConfig } from 'pg'
import { type AuthRules, guardAuthentication, lendingSocket } from '../src/index.ts'

export const message = (code: string, ...parts: readonly (string | Buffer | number)[]): Buffer => {
  const payload = Buffer.concat(
    parts.map((part) => {
      if (typeof part !== 'number') return Buffer.from(part as string)
      const bytes = Buffer.alloc(4)
      bytes.writeInt32BE(part)
      return bytes
    }),
  )
  const header = Buffer.alloc(5, code)
  header.writeUInt32BE(payload.length + 4, 1)
  return Buffer.concat([header, payload])
}
export const AUTHENTICATED = message('R', 0)
export const READY = message('Z', 'I')
export const WELCOME = Buffer.concat([AUTHENTICATED, message('K', 7, 8), READY])
/** ParseComplete and BindComplete. */
export const BOUND = Buffer.concat([message('1'), message('2')])
export const complete = (tag: string): Buffer => Buffer.concat([message('C', `${tag}\0`), READY])
export const row = (...cells: readonly (string | null)[]): Buffer => {
  const count = Buffer.alloc(2)
  count.writeUInt16BE(cells.length)
  const bytes = cells.map((cell) => {
    const length = Buffer.alloc(4)
    length.writeInt32BE(cell === null ? -1 : Buffer.byteLength(cell))
    return Buffer.concat([length, Buffer.from(cell ?? '')])
  })
  return message('D', Buffer.concat([count, ...bytes]))
}

export interface FakeServer {
  readonly port: number
  /** What clients have sent, all of it. */
  readonly heard: () => string
  close(): void
}

/** @param answer Called with the codes of the messages that one read has brought; '' for the one that opens. */
export const fakeServer = async (answer: (codes: string, socket: Socket) => void): Promise<FakeServer> => {
  const sockets = new Set<Socket>()
  let heard = ''
  const server = createServer((socket) => {
    sockets.add(socket)
    let opened = false
    let rest = Buffer.alloc(0)
    socket.on('error', () => undefined)
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.toString('latin1')
      if (!opened) {
        opened = true
        return answer('', socket)
      }
      rest = Buffer.concat([rest, chunk])
      let codes = ''
      while (rest.length >= 5 && rest.length > rest.readUInt32BE(1)) {
        codes += String.fromCharCode(rest[0]!)
        rest = rest.subarray(rest.readUInt32BE(1) + 1)
      }
      if (codes !== '') answer(codes, socket)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    heard: () => heard,
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

/** Connected as the connector does it. */
export const connected = async (config: ClientConfig, rules: Partial<AuthRules> = {}): Promise<Client> => {
  const client = new Client({
    enableChannelBinding: rules.binding !== 'disable',
    stream: lendingSocket,
    ...config,
  } as ClientConfig)
  client.on('error', () => undefined)
  const verify = guardAuthentication(client, { methods: [], binding: 'prefer', ...rules })
  try {
    await client.connect()
    verify()
  } catch (error) {
    ;(client as unknown as { connection: { stream: Socket } }).connection.stream.destroy()
    throw error
  }
  return client
}
