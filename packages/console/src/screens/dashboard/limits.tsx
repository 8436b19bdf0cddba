/** Limits that are reached, or nearly so. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { countedLimitsOptions } from '../../api/access.ts'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { whole } from '../../components/quantities.ts'
import { Badge } from '../../components/ui/badge.tsx'
import { Card } from '../../components/ui/card.tsx'
import { dashboard } from '../../text/dashboard.ts'

const { limits: text } = dashboard

/** From here on, a limit is near. */
const NEAR = 0.8
/** As many as are shown. */
const MOST = 8

export const Limits = () => {
  const { data, error, refetch } = useQuery(countedLimitsOptions)
  const near = (data ?? [])
    .flatMap(({ id, name, limit_cache_by_limit_id: counts = [] }) => counts.map((count) => ({ ...count, id, name })))
    .filter(({ attempts, max }) => attempts >= max * NEAR)
    .sort((a, b) => b.attempts / b.max - a.attempts / a.max)
    .slice(0, MOST)
  return (
    <Card
      title={text.title}
      actions={
        <Link to="/limits" className="rounded text-primary text-xs hover:underline">
          {text.all}
        </Link>
      }
    >
      <ErrorNotice error={error} title={text.failed} onRetry={() => void refetch()} />
      {data && near.length === 0 && <p className="text-muted-foreground">{text.none}</p>}
      <ul className="grid gap-2">
        {near.map(({ key, name, attempts, max }) => (
          <li key={key} className="flex flex-wrap items-center justify-between gap-2">
            <span className="min-w-0 truncate font-medium">{name}</span>
            <span className="flex items-center gap-2 tabular-nums">
              {text.used(whole(attempts), whole(max))}
              <Badge tone={attempts >= max ? 'danger' : 'warning'}>{attempts >= max ? text.reached : text.near}</Badge>
            </span>
          </li>
        ))}
      </ul>
    </Card>
  )
}
