/** While the gateway does not answer: says so, asks now and then, and has everything read again when it is back. */
import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { CloudOff } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { request } from '../api/client.ts'
import { useIsAway } from '../api/reachability.ts'
import { Button } from '../components/ui/button.tsx'
import { app } from '../text/app.ts'

/** Milliseconds between two questions. */
const ASK_EVERY = 3_000

/** Whatever it answers, it is there. */
const ask = () => void request('system/environment').catch(() => undefined)

export const AwayBanner = () => {
  const isAway = useIsAway()
  const client = useQueryClient()
  const router = useRouter()
  const wasAway = useRef(false)
  useEffect(() => {
    if (isAway) {
      wasAway.current = true
      const timer = setInterval(ask, ASK_EVERY)
      return () => clearInterval(timer)
    }
    if (!wasAway.current) return
    wasAway.current = false
    void client.invalidateQueries()
    void router.invalidate()
    return
  }, [isAway, client, router])
  if (!isAway) return null
  return (
    <div
      role="alert"
      className="flex flex-wrap items-center gap-x-3 gap-y-2 border-b bg-warning-soft px-4 py-2 text-[0.8125rem] sm:px-5"
    >
      <CloudOff aria-hidden className="size-4.5 shrink-0 text-warning" />
      <p className="min-w-0 flex-1">
        <strong className="font-medium">{app.away.title}</strong> {app.away.text}
      </p>
      <Button variant="outline" size="sm" onClick={ask}>
        {app.retry}
      </Button>
    </div>
  )
}
