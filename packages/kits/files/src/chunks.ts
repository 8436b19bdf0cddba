/** What a Node stream brings, as it brings it. */
import type { Socket } from 'node:net'
import { finished, type Readable } from 'node:stream'
import { release } from '@gw/core'

/**
 * Gives back what the socket of an answer over HTTP has read: Node's parser copies each part of the body out of it, and
 * leaves as much again to the collector. A version whose parser hands out what was read itself, which is seen from the
 * first part that comes during a read, keeps it.
 * @returns ends it
 */
const releaseReads = (answer: Readable, socket: Socket): (() => void) => {
  let reading: Uint8Array | undefined
  let copies = false
  const begins = (read: Uint8Array) => {
    reading = read
  }
  const brought = (chunk: Uint8Array) => {
    if (reading) copies = chunk.buffer !== reading.buffer
  }
  const ends = (read: Uint8Array) => {
    reading = undefined
    // The parser may be at it until the stack is empty.
    if (copies) queueMicrotask(() => release(read))
  }
  socket.prependListener('data', begins).on('data', ends)
  answer.on('data', brought)
  return () => void socket.off('data', begins).off('data', ends)
}

/**
 * The chunks of a stream one by one, each with the memory that it was read into, so that whoever is through with one can
 * give it back (`release`). A stream's own iterator joins what has come meanwhile: the copies, and what they are copies
 * of, are left to the collector, which lets 60 MiB gather. The stream is destroyed in the end.
 * @throws the stream's error, also where it is destroyed before its end
 */
export async function* chunksOf(
  stream: Readable & { readonly socket?: Socket | null },
): AsyncGenerator<Uint8Array, void, undefined> {
  const waiting: Uint8Array[] = []
  let outcome: { readonly error: unknown } | undefined
  let wake = () => {}
  const letGo = stream.socket ? releaseReads(stream, stream.socket) : undefined
  stream.on('data', (chunk: Uint8Array) => {
    waiting.push(chunk)
    stream.pause()
    wake()
  })
  finished(stream, { writable: false }, (error) => {
    outcome = { error }
    wake()
  })
  try {
    for (;;) {
      const chunk = waiting.shift()
      if (chunk) yield chunk
      else if (outcome?.error) throw outcome.error
      else if (outcome) return
      else
        await new Promise<void>((resolve) => {
          wake = resolve
          stream.resume()
        })
    }
  } finally {
    letGo?.()
    stream.destroy()
  }
}
