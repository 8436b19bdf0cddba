/** A request body as a stream that ends with `too_large` instead of passing on more than the limit. */
import { Readable } from 'node:stream'
import { GwError } from '../contract.ts'
import type { Incoming } from './incoming.ts'

const tooLarge = (limit: number) =>
  new GwError('too_large', `The request body is larger than ${limit} bytes, which is the most this gateway accepts.`)

const sourceOf = (incoming: Incoming): ReadableStream<Uint8Array> =>
  incoming.incoming
    ? (Readable.toWeb(incoming.incoming) as ReadableStream<Uint8Array>)
    : (incoming.request.body ?? new ReadableStream({ start: (controller) => controller.close() }))

/** An upload of any length; `onProgress` is told whenever bytes arrive. */
export const endlessStream = (incoming: Incoming, onProgress: () => void): ReadableStream<Uint8Array> =>
  sourceOf(incoming).pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        onProgress()
        controller.enqueue(chunk)
      },
    }),
  )

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
