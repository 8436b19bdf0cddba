/** A connection to a server that a test can sever: a TCP relay on loopback. */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

export interface Severable {
  readonly host: string
  readonly port: number
  /** Breaks every connection; new ones are still taken. */
  cut(): Promise<void>
  /** Breaks every connection, and refuses new ones until `back`. */
  away(): Promise<void>
  back(): Promise<void>
  /** Relays nothing any more and breaks nothing, as where a machine vanishes: new connections are taken, and silent. */
  freeze(): void
  close(): Promise<void>
}

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })

/** Relays to a server; the service under test is configured with the relay's address. */
export const severable = async (target: { readonly host: string; readonly port: number }): Promise<Severable> => {
  const sockets = new Set<Socket>()
  const keep = (socket: Socket): Socket => {
    sockets.add(socket)
    // A broken end breaks the other: `cut` destroys both, and neither's error is anyone's concern.
    return socket.on('error', () => {}).on('close', () => sockets.delete(socket))
  }
  let frozen = false
  const relay = (client: Socket) => {
    if (frozen) return void keep(client)
    const server = keep(connect(target.port, target.host))
    keep(client).on('close', () => server.destroy())
    server.on('close', () => client.destroy())
    client.pipe(server).pipe(client)
  }
  const make = () => createServer(relay)
  let server = make()
  const port = await listen(server, 0)
  const cut = async () => {
    frozen = false
    for (const socket of sockets) socket.destroy()
  }
  const away = async () => {
    if (!server.listening) return
    const closed = new Promise((resolve) => server.close(resolve))
    await cut()
    await closed
  }
  return {
    host: '127.0.0.1',
    port,
    cut,
    away,
    async back() {
      if (server.listening) return
      server = make()
      await listen(server, port)
    },
    freeze() {
      frozen = true
      for (const socket of sockets) socket.unpipe()
    },
    close: away,
  }
}
