/** Uploads of a service: one after the other, each with its own way and end. They go on while folders are walked. */
import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import { ApiError } from '../../api/client.ts'
import { folderKey, uploadFile } from '../../api/files.ts'

export type UploadState = 'waiting' | 'running' | 'done' | 'stopped' | 'exists' | 'failed'

export interface Upload {
  readonly id: number
  readonly file: File
  readonly folder: string
  readonly state: UploadState
  /** Bytes. */
  readonly sent: number
  readonly error?: unknown
}

export interface Uploads {
  readonly list: readonly Upload[]
  readonly add: (folder: string, files: readonly File[]) => void
  readonly replace: (id: number) => void
  readonly stop: (id: number) => void
  /** Those that have ended leave the list. */
  readonly clear: () => void
}

interface Waiting {
  readonly id: number
  readonly file: File
  readonly folder: string
  readonly replace: boolean
  readonly leaving: AbortController
}

/** `If-None-Match: *` was not met: there is such a file. */
const EXISTS = 412

export const useUploads = (service: string): Uploads => {
  const client = useQueryClient()
  const [list, setList] = useState<readonly Upload[]>([])
  const known = useRef(new Map<number, Waiting>())
  const chain = useRef<Promise<unknown>>(Promise.resolve())
  const next = useRef(1)

  const change = useCallback((id: number, part: Partial<Upload>) => {
    setList((now) => now.map((one) => (one.id === id ? { ...one, ...part } : one)))
  }, [])
  // Whoever leaves the page leaves its uploads.
  useEffect(() => {
    const all = known.current
    return () => {
      for (const { leaving } of all.values()) leaving.abort()
    }
  }, [])

  const run = async ({ id, file, folder, replace, leaving: { signal } }: Waiting) => {
    if (signal.aborted) return
    change(id, { state: 'running', sent: 0, error: undefined })
    try {
      await uploadFile(service, folder, file, { replace, signal, onProgress: (sent) => change(id, { sent }) })
      change(id, { state: 'done', sent: file.size })
      await client.invalidateQueries({ queryKey: folderKey(service, folder) })
    } catch (error) {
      if (signal.aborted) change(id, { state: 'stopped' })
      else if (error instanceof ApiError && error.status === EXISTS) change(id, { state: 'exists' })
      else change(id, { state: 'failed', error })
    }
  }
  const enqueue = (waiting: Waiting) => {
    known.current.set(waiting.id, waiting)
    chain.current = chain.current.then(() => run(waiting))
  }
  return {
    list,
    add(folder, files) {
      const fresh = files.map((file) => ({
        id: next.current++,
        file,
        folder,
        replace: false,
        leaving: new AbortController(),
      }))
      setList((now) => [
        ...now,
        ...fresh.map(({ id, file }) => ({ id, file, folder, state: 'waiting' as const, sent: 0 })),
      ])
      fresh.forEach(enqueue)
    },
    replace(id) {
      const refused = known.current.get(id)
      if (!refused) return
      change(id, { state: 'waiting' })
      enqueue({ ...refused, replace: true, leaving: new AbortController() })
    },
    stop(id) {
      known.current.get(id)?.leaving.abort()
      change(id, { state: 'stopped' })
    },
    clear: () => setList((now) => now.filter(({ state }) => state === 'waiting' || state === 'running')),
  }
}
