/** A request body as a stream that ends with `too_large` instead of passing on more than the limit. */
import type { IncomingMessage } from 'node:http'
import { GwError } from '../contract.ts'
import type { Incoming } from './incoming.ts'

const tooLarge = (limit: number) =>
  new GwError('too_large', `The request body is larger than ${limit} bytes, which is the most this gateway accepts.`)

/**
 * What is on its way from the client, read as it is asked for. Node's own `Readable.toWeb` takes as many chunks as a
 * stream may have bytes before it makes the client wait: whole files.
 */
const arriving = (incoming: IncomingMessage, onProgress?: () => void): ReadableStream<Uint8Array> => {
  // Whoever reads no further has the connection left for the answer.
  const chunks = incoming.iterator({ destroyOnReturn: false }) as AsyncIterator<Uint8Array>
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await chunks.next()
        if (done) return controller.close()
        onProgress?.()
        controller.enqueue(value)
      },
      cancel: async () => void (await chunks.return?.()),
    },
    { highWaterMark: 0 },
  )
}

const sourceOf = ({ incoming, request }: Incoming, onProgress?: () => void): ReadableStream<Uint8Array> =>
  incoming
    ? arriving(incoming, onProgress)
    : (request.body ?? new ReadableStream({ start: (controller) => controller.close() }))

/** An upload of any length; `onProgress` is told whenever bytes arrive over a socket. */
export const endlessStream = (incoming: Incoming, onProgress: () => void): ReadableStream<Uint8Array> =>
  sourceOf(incoming, onProgress)

/** Counts the bytes of an upload; a length announced in the header is refused at once. `limit` in bytes. */
export const limitedStream = (incoming: Incoming, limit: number): ReadableStream<Uint8Array> => {
  if (Number(incoming.headers.get('content-length') ?? 0) > limit) throw tooLarge(limit)
  let seen = 0
  return sourceOf(incoming).pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        seen += chunk.byteLength
        if (seen > limit) controller.error(tooLarge(limit))
        else controller.enqueue(chunk)
      },
    }),
  )
}
