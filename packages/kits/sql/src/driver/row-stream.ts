/** Rows that a driver pushes → batches that a reader pulls, with a bound on what waits between them. */
import type { Cells } from '../dialect.ts'

/** A statement under way. */
export interface RowFeed {
  /** Runs it, calling `row` for each row; settles when it has ended, whichever way. */
  run(row: (cells: Cells) => void): Promise<unknown>
  /** Takes no more from the server, until `resume`. What has been read already may still come. */
  pause(): void
  resume(): void
  /** Nobody reads any more: the server is asked to stop. */
  stop(): void
}

/** Rows of a batch. */
const BATCH = 256
/** Batches that may wait before the server is made to. */
const WAITING = 2

/** The statement begins with the first pull; a reader that leaves early ends it, and waits until it has ended. */
export async function* rowStream(feed: RowFeed): AsyncGenerator<readonly Cells[], void, undefined> {
  const ready: Cells[][] = []
  let batch: Cells[] = []
  let ended = false
  let failed = false
  let failure: unknown
  let paused = false
  let wake: (() => void) | undefined
  let left = false

  const hand = (): void => {
    if (batch.length === 0) return
    ready.push(batch)
    batch = []
    if (ready.length >= WAITING && !paused && !ended) {
      paused = true
      feed.pause()
    }
  }
  const notify = (): void => {
    wake?.()
    wake = undefined
  }
  const give = (): void => {
    hand()
    notify()
  }
  const row = (cells: Cells): void => {
    if (left) return
    batch.push(cells)
    // A reader that waits gets what one turn of the event loop has brought, however little that is.
    if (batch.length === 1 && wake) setImmediate(give)
    if (batch.length === BATCH) give()
  }
  const running = feed.run(row).then(
    () => undefined,
    (error: unknown) => {
      failed = true
      failure = error
    },
  )
  const finished = running.then(() => {
    ended = true
    give()
  })

  try {
    for (;;) {
      const next = ready.shift()
      if (next) {
        if (paused && ready.length === 0) {
          paused = false
          feed.resume()
        }
        yield next
      } else if (failed) throw failure
      else if (ended) return
      else {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    }
  } finally {
    left = true
    ready.length = 0
    batch = []
    if (!ended) {
      feed.stop()
      if (paused) feed.resume()
      await finished
    }
  }
}
