/** A socket for `pg` that reads into one buffer: Node's own way makes a new one of 64 kB for each read. */
import { Socket } from 'node:net'

/** Bytes of a read at most. */
const SIZE = 65_536

/**
 * Not connected yet. Its bytes are `lent` events, and valid only until these return; where nobody listens to them,
 * and while TLS is on it, it is like any other socket.
 */
export const lendingSocket = (): Socket => {
  // Not from the pool that others share: it lives as long as the connection.
  const buffer = Buffer.allocUnsafeSlow(SIZE)
  const socket: Socket = new Socket({
    onread: {
      buffer,
      callback: (length) => {
        const chunk = buffer.subarray(0, length)
        if (!socket.emit('lent', chunk)) socket.emit('data', Buffer.from(chunk))
        return true
      },
    },
  })
  return socket
}
