/** The few numbers that tell whether all is well. */
import type { ServiceActivity } from '../../api/operations.ts'
import { milliseconds, percent, tenths, whole } from '../../components/quantities.ts'
import { cn } from '../../components/ui/class-names.ts'
import { dashboard } from '../../text/dashboard.ts'
import { totalOf } from './series.ts'

const { totals: text } = dashboard

interface TotalProps {
  readonly name: string
  readonly value: string
  readonly note?: string | undefined
  readonly tone?: string | undefined
}

const Total = ({ name, value, note, tone }: TotalProps) => (
  <div className="grid content-start gap-0.5 rounded-xl border bg-surface px-4 py-3 shadow-xs max-md:last:col-span-2">
    <dt className="text-muted-foreground text-xs">{name}</dt>
    <dd className={cn('font-semibold text-xl tabular-nums tracking-tight', tone)}>{value}</dd>
    {note && <dd className="truncate text-muted-foreground text-xs">{note}</dd>}
  </div>
)

export interface TotalsProps {
  readonly services: readonly ServiceActivity[]
  readonly minutes: number
}

export const Totals = ({ services, minutes }: TotalsProps) => {
  const requests = totalOf(services, 'requests')
  const [refused, failed, limited] = [
    totalOf(services, 'errors_4xx'),
    totalOf(services, 'errors_5xx'),
    totalOf(services, 'limited'),
  ]
  const ofAll = (count: number) => (requests > 0 ? text.ofAll(percent(count / requests)) : undefined)
  const slowest = services.reduce<ServiceActivity | undefined>(
    (most, one) => ((one.p95_ms ?? 0) > (most?.p95_ms ?? 0) ? one : most),
    undefined,
  )
  return (
    <dl className="grid grid-cols-2 gap-3 md:grid-cols-3 xl:grid-cols-5">
      <Total name={text.requests} value={whole(requests)} note={text.perMinute(tenths(requests / minutes))} />
      <Total
        name={text.refused}
        value={whole(refused)}
        note={ofAll(refused)}
        tone={refused > 0 ? 'text-warning' : ''}
      />
      <Total name={text.failed} value={whole(failed)} note={ofAll(failed)} tone={failed > 0 ? 'text-danger' : ''} />
      <Total
        name={text.limited}
        value={whole(limited)}
        note={ofAll(limited)}
        tone={limited > 0 ? 'text-warning' : ''}
      />
      <Total
        name={text.slow}
        value={milliseconds(slowest?.p95_ms)}
        note={services.length > 1 && slowest ? text.slowest(slowest.name ?? dashboard.noService) : undefined}
      />
    </dl>
  )
}
