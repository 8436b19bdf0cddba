/** What was asked of this node lately, and how it went. */
import { Link } from '@tanstack/react-router'
import { Database } from 'lucide-react'
import { useMemo, useState } from 'react'
import { type Activity, type ServiceActivity, useActivity } from '../../api/operations.ts'
import { useList } from '../../api/resource.ts'
import { isOwn, services as serviceResource } from '../../api/services.ts'
import type { Series } from '../../components/chart.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Page } from '../../components/page.tsx'
import { compact, milliseconds } from '../../components/quantities.ts'
import { Button } from '../../components/ui/button.tsx'
import { Select } from '../../components/ui/input.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { app } from '../../text/app.ts'
import { dashboard as text } from '../../text/dashboard.ts'
import { Health } from './health.tsx'
import { Limits } from './limits.tsx'
import { OverTime } from './over-time.tsx'
import { countsOf, latencyOf, minutesOf } from './series.ts'
import { ByService, Slowest } from './tables.tsx'
import { Totals } from './totals.tsx'

/** As `<select>` has it; calls that led to no service are `null` in the answer. */
const NO_SERVICE = ' '
const keyOf = ({ name }: ServiceActivity): string => name ?? NO_SERVICE

export const Screen = () => {
  const [minutes, setMinutes] = useState(60)
  const [chosen, setChosen] = useState('')
  const { data, error, refetch } = useActivity(minutes)
  const choices = (
    <>
      <Select
        className="w-auto"
        aria-label={text.service}
        value={chosen}
        onChange={({ target }) => setChosen(target.value)}
      >
        <option value="">{text.allServices}</option>
        {data?.services.map((one) => (
          <option key={keyOf(one)} value={keyOf(one)}>
            {one.name ?? text.noService}
          </option>
        ))}
      </Select>
      <Select
        className="w-auto"
        aria-label={text.window}
        value={minutes}
        onChange={({ target }) => setMinutes(Number(target.value))}
      >
        {Object.entries(text.windows).map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </Select>
    </>
  )
  return (
    <Page title={app.pages.dashboard} description={text.about} actions={choices}>
      <Welcome />
      {!data && <ErrorNotice error={error} title={text.failed} onRetry={() => void refetch()} />}
      {data ? (
        <Numbers activity={data} chosen={chosen} onChoose={setChosen} />
      ) : (
        !error && <Skeleton className="h-80" />
      )}
      <div className="grid items-start gap-5 lg:grid-cols-2">
        <Health />
        <Limits />
      </div>
    </Page>
  )
}

/** While there is nothing but the gateway itself. */
const Welcome = () => {
  const { data } = useList(serviceResource)
  if (!data?.resource.every(isOwn)) return null
  return (
    <EmptyState
      icon={Database}
      title={text.welcome.title}
      text={text.welcome.text}
      action={
        <Button asChild>
          <Link to="/services/new">{text.welcome.action}</Link>
        </Button>
      }
    />
  )
}

interface NumbersProps {
  readonly activity: Activity
  /** A service; empty: all. */
  readonly chosen: string
  readonly onChoose: (service: string) => void
}

const Numbers = ({ activity, chosen, onChoose }: NumbersProps) => {
  const services = activity.services.filter((one) => chosen === '' || keyOf(one) === chosen)
  return (
    <>
      <Totals services={services} minutes={activity.minutes} />
      <Charts activity={activity} chosen={chosen} />
      <div className="grid items-start gap-5 2xl:grid-cols-2">
        <ByService services={services} onOpen={(one) => onChoose(keyOf(one))} />
        <Slowest calls={activity.slowest.filter(({ service }) => chosen === '' || service === chosen)} />
      </div>
    </>
  )
}

/** As many lines as can be told apart. */
const LINES = ['primary', 'success', 'warning', 'danger', 'muted'] as const

const Charts = ({ activity, chosen }: Omit<NumbersProps, 'onChoose'>) => {
  const { times, traffic, latency } = useMemo(() => {
    const each = minutesOf(activity)
    const shown = activity.services.filter((one) => chosen === '' || keyOf(one) === chosen)
    return { times: each, traffic: trafficOf(shown, each), latency: latencyLines(shown, each, chosen !== '') }
  }, [activity, chosen])
  return (
    <div className="grid gap-5 lg:grid-cols-2">
      <OverTime title={text.traffic.title} times={times} series={traffic} format={compact} />
      <OverTime
        title={text.latency.title}
        description={chosen === '' ? text.latency.about : text.latency.one}
        times={times}
        series={latency}
        format={milliseconds}
      />
    </div>
  )
}

const trafficOf = (services: readonly ServiceActivity[], times: readonly number[]): readonly Series[] => [
  { label: text.traffic.requests, tone: 'primary', filled: true, values: countsOf(services, times, 'requests') },
  { label: text.traffic.errors, tone: 'warning', values: countsOf(services, times, 'errors_4xx') },
  { label: text.traffic.failures, tone: 'danger', values: countsOf(services, times, 'errors_5xx') },
  { label: text.traffic.limited, tone: 'muted', values: countsOf(services, times, 'limited') },
]

/** Of one service, how its calls are spread; of several, one line for each. */
const latencyLines = (
  services: readonly ServiceActivity[],
  times: readonly number[],
  isOne: boolean,
): readonly Series[] => {
  const [one] = services
  if (isOne && one)
    return [
      { label: text.latency.p50, tone: 'success', values: latencyOf(one, times, 'p50_ms') },
      { label: text.latency.p95, tone: 'primary', values: latencyOf(one, times, 'p95_ms') },
      { label: text.latency.p99, tone: 'warning', values: latencyOf(one, times, 'p99_ms') },
    ]
  return services
    .toSorted((a, b) => b.requests - a.requests)
    .slice(0, LINES.length)
    .map((service, at) => ({
      label: service.name ?? text.noService,
      tone: LINES[at]!,
      values: latencyOf(service, times, 'p95_ms'),
    }))
}
