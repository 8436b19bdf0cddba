/** Lines over time, and the same numbers as a table. */
import { useMemo } from 'react'
import { Chart, type Series } from '../../components/chart.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { Card } from '../../components/ui/card.tsx'
import { dashboard as text } from '../../text/dashboard.ts'

export interface OverTimeProps {
  readonly title: string
  readonly description?: string
  readonly times: readonly number[]
  readonly series: readonly Series[]
  readonly format: (value: number) => string
}

interface Moment {
  readonly time: number
  readonly values: readonly (number | null)[]
}

const CLOCK = new Intl.DateTimeFormat(undefined, { dateStyle: 'short', timeStyle: 'short' })

export const OverTime = ({ title, description, times, series, format }: OverTimeProps) => (
  <Card title={title} description={description} className="min-w-0">
    <Chart label={title} times={times} series={series} format={format} />
    <details className="mt-3">
      <summary className="w-fit rounded text-muted-foreground text-xs">{text.asTable}</summary>
      <div className="mt-2">
        <Numbers title={title} times={times} series={series} format={format} />
      </div>
    </details>
  </Card>
)

/** Minutes in which there was something, newest first. */
const Numbers = ({ title, times, series, format }: OverTimeProps) => {
  const columns = useMemo(
    (): readonly Column<Moment>[] => [
      { id: 'time', header: text.time, value: ({ time }) => time, cell: ({ time }) => CLOCK.format(time * 1_000) },
      ...series.map(({ label }, at) => ({
        id: label,
        header: label,
        value: ({ values }: Moment) => values[at],
        cell: ({ values }: Moment) => (values[at] === null || values[at] === undefined ? '–' : format(values[at])),
        className: 'tabular-nums',
      })),
    ],
    [series, format],
  )
  const rows = useMemo(
    () =>
      times
        .map((time, at) => ({ time, values: series.map(({ values }) => values[at] ?? null) }))
        .filter(({ values }) => values.some(Boolean))
        .reverse(),
    [times, series],
  )
  return (
    <DataTable
      label={`${title}: ${text.asTable}`}
      columns={columns}
      rows={rows}
      idOf={({ time }) => String(time)}
      nameOf={({ time }) => CLOCK.format(time * 1_000)}
      searchable={false}
      pageSize={0}
    />
  )
}
