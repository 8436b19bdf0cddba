/** Runs that nobody waits for: some after the other, as many at once as the script may have, none beyond a bound. */
import { GwError, type Logger } from '@gw/core'

export interface Queue {
  /** @throws GwError `unavailable` where too many wait */
  add(work: (signal: AbortSignal) => Promise<unknown>): void
  /** Takes no more, waits for what is under way, and lets go of the rest after `patience` ms. */
  close(patience: number): Promise<void>
}

const MOST_WAITING = 1_000

export const createQueue = (most: number, log: Logger): Queue => {
  const waiting: ((signal: AbortSignal) => Promise<unknown>)[] = []
  const controller = new AbortController()
  const running = new Set<Promise<void>>()
  let closed = false

  const begin = () => {
    while (running.size < most) {
      const work = waiting.shift()
      if (!work) return
      const run = work(controller.signal)
        .then(
          () => undefined,
          (error: unknown) => log.error('a queued run of a script failed', { error }),
        )
        .finally(() => {
          running.delete(run)
          begin()
        })
      running.add(run)
    }
  }
  return {
    add(work) {
      if (closed || waiting.length >= MOST_WAITING)
        throw new GwError('unavailable', 'Too many runs of this script wait already. Try again later.')
      waiting.push(work)
      begin()
    },
    async close(patience) {
      closed = true
      const end = performance.now() + patience
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, patience)
      })
      while (running.size > 0 && performance.now() < end) await Promise.race([...running, late])
      clearTimeout(timer)
      if (waiting.length > 0)
        log.error('queued runs of a script are lost, since it was stopped', { runs: waiting.length })
      waiting.length = 0
      controller.abort(new GwError('unavailable', 'The script was stopped.'))
    },
  }
}
