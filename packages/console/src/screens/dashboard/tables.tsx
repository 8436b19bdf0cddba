/** Numbers by service, and the calls that took longest. */
import type { ReactNode } from 'react'
import type { ServiceActivity, SlowCall } from '../../api/operations.ts'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { milliseconds, whole } from '../../components/quantities.ts'
import { Time } from '../../components/time.tsx'
import { Badge } from '../../components/ui/badge.tsx'
import { dashboard } from '../../text/dashboard.ts'

const { services: words, slowest: slow } = dashboard

const nameOf = ({ name }: ServiceActivity): string => name ?? dashboard.noService

const count = (
  id: 'requests' | 'errors_4xx' | 'errors_5xx' | 'limited',
  header: string,
  from?: 'sm' | 'md',
): Column<ServiceActivity> => ({
  id,
  header,
  value: (row) => row[id],
  cell: (row) => whole(row[id]),
  className: 'tabular-nums',
  ...(from && { from }),
})
const latency = (id: 'p50_ms' | 'p95_ms' | 'p99_ms', header: string, from: 'sm' | 'md'): Column<ServiceActivity> => ({
  id,
  header,
  value: (row) => row[id],
  cell: (row) => milliseconds(row[id]),
  className: 'whitespace-nowrap tabular-nums',
  from,
})

const SERVICES: readonly Column<ServiceActivity>[] = [
  { id: 'name', header: words.name, value: nameOf, className: 'font-medium' },
  count('requests', words.requests),
  count('errors_4xx', words.errors),
  count('errors_5xx', words.failures),
  count('limited', words.limited, 'sm'),
  latency('p50_ms', words.p50, 'md'),
  latency('p95_ms', words.p95, 'sm'),
  latency('p99_ms', words.p99, 'md'),
]

const SLOWEST: readonly Column<SlowCall>[] = [
  {
    id: 'call',
    header: slow.call,
    value: ({ method, path }) => `${method} ${path}`,
    cell: ({ method, path }) => <code className="break-all font-mono text-xs">{`${method} ${path}`}</code>,
    className: 'w-1/2 min-w-32',
  },
  { id: 'service', header: slow.service, value: ({ service }) => service, from: 'sm' },
  {
    id: 'status',
    header: slow.status,
    value: ({ status }) => status,
    cell: ({ status }) => (
      <Badge tone={status >= 500 ? 'danger' : status >= 400 ? 'warning' : 'success'}>{status}</Badge>
    ),
  },
  {
    id: 'took',
    header: slow.took,
    value: ({ duration_ms: took }) => took,
    cell: ({ duration_ms: took }) => <span className="whitespace-nowrap tabular-nums">{milliseconds(took)}</span>,
  },
  { id: 'time', header: slow.time, value: ({ time }) => time, cell: ({ time }) => <Time value={time} />, from: 'md' },
]

const Titled = ({ id, title, children }: { id: string; title: string; children: ReactNode }) => (
  <section aria-labelledby={id} className="grid min-w-0 content-start gap-2.5">
    <h2 id={id} className="font-semibold text-[0.9375rem]">
      {title}
    </h2>
    {children}
  </section>
)

export interface ByServiceProps {
  readonly services: readonly ServiceActivity[]
  readonly onOpen: (service: ServiceActivity) => void
}

export const ByService = ({ services, onOpen }: ByServiceProps) => (
  <Titled id="by-service" title={words.title}>
    <DataTable
      label={words.title}
      columns={SERVICES}
      rows={services}
      idOf={nameOf}
      nameOf={nameOf}
      onOpen={onOpen}
      searchable={false}
      initialSort={{ id: 'requests', desc: true }}
    />
  </Titled>
)

export const Slowest = ({ calls }: { readonly calls: readonly SlowCall[] }) => (
  <Titled id="slowest" title={slow.title}>
    {calls.length === 0 ? (
      <p className="text-muted-foreground">{slow.none}</p>
    ) : (
      <DataTable
        label={slow.title}
        columns={SLOWEST}
        rows={calls}
        idOf={({ time, service, method, path, duration_ms }) => [time, service, method, path, duration_ms].join(' ')}
        nameOf={({ method, path }) => `${method} ${path}`}
        searchable={false}
      />
    )}
  </Titled>
)
