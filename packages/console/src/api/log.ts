/** The log of a node, line by line as it is written. */
import { useCallback, useEffect, useRef, useState } from 'react'
import { request } from './client.ts'

export type Level = 'debug' | 'info' | 'warn' | 'error'

export interface LogLine {
  readonly sequence: number
  readonly time: string
  readonly level: Level
  readonly msg: string
  readonly service?: string
  readonly method?: string
  readonly path?: string
  readonly status?: number
  /** In milliseconds. */
  readonly duration?: number
}
interface Read {
  readonly node: string
  readonly resource: readonly LogLine[]
  readonly last: number
  readonly missed: number
}

export interface LogFilter {
  readonly level?: string | undefined
  readonly service?: string | undefined
  readonly status?: string | undefined
}

/** Between two readings, in milliseconds. */
const INTERVAL = 2_000
/** Lines that are kept, and those that are read at first. */
const MOST = 2_000
const FIRST = 500

export interface Log {
  /** Newest first; `undefined` before the first answer. */
  readonly lines: readonly LogLine[] | undefined
  readonly missed: number
  readonly error: unknown
  clear(): void
}

/** Reads on while it is live; another filter begins anew. */
export const useLog = ({ level, service, status }: LogFilter, isLive: boolean): Log => {
  const [lines, setLines] = useState<readonly LogLine[]>()
  const [missed, setMissed] = useState(0)
  const [error, setError] = useState<unknown>()
  const place = useRef<{ readonly key: string; readonly node: string; readonly last: number }>(undefined)
  const key = JSON.stringify([level, service, status])

  const read = useCallback(
    async (signal: AbortSignal) => {
      const known = place.current?.key === key ? place.current : undefined
      const query = { level, service, status, after: known?.last, limit: known ? MOST : FIRST }
      const found = await request<Read>('system/log', { query, signal })
      const goesOn = known?.node === found.node && found.last >= known.last
      place.current = { key, node: found.node, last: found.last }
      const newest = found.resource.toReversed()
      setMissed((before) => (goesOn ? before + found.missed : 0))
      if (!goesOn) setLines(newest)
      else if (newest.length > 0) setLines((before = []) => [...newest, ...before].slice(0, MOST))
    },
    [key, level, service, status],
  )

  useEffect(() => {
    if (!isLive) return
    const ending = new AbortController()
    let timer: ReturnType<typeof setTimeout>
    const go = async () => {
      try {
        await read(ending.signal)
        setError(undefined)
      } catch (failure) {
        if (!ending.signal.aborted) setError(failure)
      }
      if (!ending.signal.aborted) timer = setTimeout(() => void go(), INTERVAL)
    }
    void go()
    return () => {
      ending.abort()
      clearTimeout(timer)
    }
  }, [isLive, read])

  return { lines, missed, error, clear: () => setLines([]) }
}
