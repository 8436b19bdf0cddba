/** Rows as a byte stream: pulled as fast as the client reads, in memory that does not grow. */
import { setImmediate as immediate } from 'node:timers/promises'
import type { Shape } from './list.ts'
import type { RowWriter } from './writer.ts'

/** Characters gathered before they are sent: 16 to 48 kB, more only for a single row that is longer. */
const CHUNK = 16_384
/** Milliseconds after which gathered rows are sent although more would fit, for sources that are slow. */
const LINGER = 100
/** Rows after which others have their turn: a source within the process may go on without ever waiting. */
const TURN = 100

export interface RowSource {
  readonly iterator: AsyncIterator<unknown>
  /** Already taken from the iterator, so that a source that fails at once fails before the headers. */
  readonly first: IteratorResult<unknown>
}

export interface StreamOptions {
  /** Ends the stream when aborted. */
  readonly signal?: AbortSignal | undefined
  /**
   * Told why a stream broke off. The stream's own error then says nothing, for servers print those as they are;
   * without this it is the source's.
   */
  readonly onFailure?: ((error: unknown) => void) | undefined
}

/**
 * Writes rows as they come.
 *
 * An error in the source or in writing errors the stream: the connection breaks, and a truncated document never
 * looks complete. Cancelling the stream and aborting `signal` both end the iterator by its `return`.
 */
export const streamRows = (
  { iterator, first }: RowSource,
  writer: RowWriter,
  shape: Shape | undefined,
  { signal, onFailure }: StreamOptions,
): ReadableStream<Uint8Array> => {
  let ahead: IteratorResult<unknown> | undefined = first
  let text = ''
  let over = false
  let onAbort: () => void

  const finish = (): void => {
    over = true
    signal?.removeEventListener('abort', onAbort)
  }
  // What goes wrong while a source is being let go concerns nobody who still listens.
  const letGo = async (): Promise<void> => {
    try {
      await iterator.return?.()
    } catch {}
  }
  const send = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
    if (text === '') return
    controller.enqueue(Buffer.from(text))
    text = ''
  }
  const write = (row: unknown): void => {
    const shaped = shape ? shape(row) : row
    if (shaped !== undefined) text += writer.row(shaped)
  }

  const fill = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    let lingered = false
    let taken = 0
    const linger = setInterval(() => {
      if (over || text === '' || (controller.desiredSize ?? 0) <= 0) return
      lingered = true
      send(controller)
    }, LINGER)
    try {
      while (text.length < CHUNK) {
        const next = ahead ?? (await iterator.next())
        ahead = undefined
        if (over) return
        if (next.done) {
          text += writer.end()
          send(controller)
          finish()
          controller.close()
          return
        }
        write(next.value)
        if (++taken % TURN === 0) await immediate()
        // What lingered has been sent: the next rows wait until the client has taken it.
        if (lingered && (controller.desiredSize ?? 0) <= 0) return
      }
      send(controller)
    } finally {
      clearInterval(linger)
    }
  }

  return new ReadableStream<Uint8Array>({
    start(controller) {
      onAbort = () => {
        if (over) return
        finish()
        controller.error(signal?.reason)
        void letGo()
      }
      signal?.addEventListener('abort', onAbort)
    },
    async pull(controller) {
      try {
        await fill(controller)
      } catch (error) {
        if (over) return
        finish()
        controller.error(onFailure ? new Error('A streamed answer broke off; its log entry says why.') : error)
        onFailure?.(error)
        await letGo()
      }
    },
    async cancel() {
      finish()
      await letGo()
    },
  })
}
