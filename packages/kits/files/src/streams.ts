/** Pieces of files on their way: never more than a few of them at a time. */

/**
 * What a client reads. `onEnd` runs once, when the last piece was taken, when something fails, and when the client
 * leaves, be it before its first piece.
 */
export const streamOf = (
  pieces: AsyncIterable<Uint8Array>,
  onEnd: () => Promise<void> | void = () => undefined,
): ReadableStream<Uint8Array<ArrayBuffer>> => {
  const iterator = pieces[Symbol.asyncIterator]()
  let ended: Promise<void> | undefined
  const end = (): Promise<void> => {
    ended ??= Promise.resolve(onEnd())
    return ended
  }
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const { done, value } = await iterator.next()
          if (!done) return controller.enqueue(value as Uint8Array<ArrayBuffer>)
          await end()
          controller.close()
        } catch (error) {
          await end().catch(() => undefined)
          controller.error(error)
        }
      },
      async cancel() {
        // A generator that waits for its source hears of it only afterwards: what it waits for is let go first.
        const released = end()
        await Promise.allSettled([released, iterator.return?.()])
      },
    },
    { highWaterMark: 0 },
  )
}

/** Stops reading, with the signal's reason, as soon as it aborts. */
export async function* until(
  signal: AbortSignal,
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const iterator = pieces[Symbol.asyncIterator]()
  let giveUp: (reason: unknown) => void = () => {}
  const onAbort = () => giveUp(signal.reason)
  // A race with one promise for the whole file would keep every piece until its end.
  const next = () =>
    new Promise<IteratorResult<Uint8Array>>((resolve, reject) => {
      giveUp = reject
      iterator.next().then(resolve, reject)
    })
  signal.addEventListener('abort', onAbort)
  try {
    for (;;) {
      signal.throwIfAborted()
      const { done, value } = await next()
      if (done) return
      yield value
    }
  } finally {
    signal.removeEventListener('abort', onAbort)
    // Not waited for: it may be waiting for a client that is gone.
    void iterator.return?.()?.then(undefined, () => undefined)
  }
}

/** A text of at most `limit` bytes; `undefined` where there is more. */
export const textWithin = async (pieces: AsyncIterable<Uint8Array>, limit: number): Promise<string | undefined> => {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const piece of pieces) {
    size += piece.byteLength
    if (size > limit) return undefined
    chunks.push(piece)
  }
  return Buffer.concat(chunks).toString('utf8')
}
