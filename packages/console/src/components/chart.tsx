/** Numbers over time. uPlot is fetched when the first one is shown. */
import { lazy, Suspense } from 'react'
import { Skeleton } from './ui/skeleton.tsx'

export interface Series {
  readonly label: string
  /** One for each of `times`; `null` where there is none. */
  readonly values: readonly (number | null)[]
  readonly tone: 'primary' | 'success' | 'warning' | 'danger' | 'muted'
  /** Fills the space below its line. */
  readonly filled?: boolean
}

export interface ChartProps {
  /** What it shows, for readers. */
  readonly label: string
  /** Seconds since 1970, in order. */
  readonly times: readonly number[]
  readonly series: readonly Series[]
  /** In pixels. */
  readonly height?: number
  readonly format?: (value: number) => string
}

const View = lazy(() => import('./chart-view.tsx'))

export const Chart = (props: ChartProps) => (
  <figure aria-label={props.label} className="min-w-0" style={{ minHeight: props.height ?? 180 }}>
    <Suspense fallback={<Skeleton className="h-full" />}>
      <View {...props} />
    </Suspense>
  </figure>
)
