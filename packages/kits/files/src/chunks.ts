/** What a Node stream brings, as it brings it. */
import { finished, type Readable } from 'node:stream'

/**
 * The chunks of a stream one by one, each with the memory that it was read into, so that whoever is through with one can
 * give it back (`release`). A stream's own iterator joins what has come meanwhile: the copies, and what they are copies
 * of, are left to the collector, which lets 60 MiB gather. The stream is destroyed in the end.
 * @throws the stream's error, also where it is destroyed before its end
 */
export async function* chunksOf(stream: Readable): AsyncGenerator<Uint8Array, void, undefined> {
  const waiting: Uint8Array[] = []
  let outcome: { readonly error: unknown } | undefined
  let wake = () => {}
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
    stream.destroy()
  }
}
