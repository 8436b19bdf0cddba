/** Sources that are down come first, and say why. */
import { useHealth } from '../../api/services.ts'
import type { HealthState } from '../../api/types.ts'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Time } from '../../components/time.tsx'
import { Card } from '../../components/ui/card.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { StatusDot } from '../../components/ui/status-dot.tsx'
import { dashboard } from '../../text/dashboard.ts'

const { health: text } = dashboard

const TONES = { serving: 'success', starting: 'warning', down: 'danger' } as const
const ORDER: readonly HealthState[] = ['down', 'starting', 'serving']

export const Health = () => {
  const { data, error, refetch } = useHealth()
  const all = [...(data?.values() ?? [])].sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state))
  const isWell = all.length > 0 && all.every(({ state, reason }) => state === 'serving' && !reason)
  return (
    <Card title={text.title} description={isWell ? text.allWell(all.length) : undefined}>
      <ErrorNotice error={error} title={text.failed} onRetry={() => void refetch()} />
      {!data && !error && <Skeleton className="h-24" />}
      {data && all.length === 0 && <p className="text-muted-foreground">{text.none}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
      <ul tabIndex={0} aria-label={text.title} className="grid max-h-72 gap-2 overflow-y-auto">
        {all.map(({ name, state, reason, since }) => (
          <li key={name} className="flex items-start gap-2.5">
            <StatusDot tone={TONES[state]} label={text.states[state]} className="mt-1.5" />
            <div className="grid min-w-0 flex-1">
              <span className="truncate font-medium">{name}</span>
              {reason && <span className="break-words text-danger text-xs">{reason}</span>}
            </div>
            <span className="text-muted-foreground text-xs">
              {text.since} <Time value={since} />
            </span>
          </li>
        ))}
      </ul>
    </Card>
  )
}
