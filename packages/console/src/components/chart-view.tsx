/** uPlot; only `chart.tsx` imports this file, and late. */
import 'uplot/dist/uPlot.min.css'
import { useEffect, useRef } from 'react'
import UPlot from 'uplot'
import type { ChartProps, Series } from './chart.tsx'
import { useIsDark } from './theme.ts'

const TOKENS: Readonly<Record<Series['tone'], string>> = {
  primary: 'primary',
  success: 'dot-success',
  warning: 'dot-warning',
  danger: 'dot-danger',
  muted: 'muted-foreground',
}
const AXIS_WIDTH = 56

/** A canvas knows no variables, and not which theme is on: an element is asked what has come of them. */
const colourIn = (box: HTMLElement, token: string): string => {
  // A new one each time: what an element had before may fade into what it gets.
  const probe = box.appendChild(document.createElement('i'))
  probe.style.color = `var(--color-${token})`
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}

/** A number between two gaps is no line: it is drawn as a point. */
const alone = (plot: UPlot, at: number): number[] => {
  const values = plot.data[at]!
  return [...values.keys()].filter((i) => values[i] != null && values[i - 1] == null && values[i + 1] == null)
}

export default function ChartView({ times, series, height = 180, format = String }: ChartProps) {
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<UPlot>(undefined)
  const isDark = useIsDark()
  const data = [times, ...series.map(({ values }) => values)] as UPlot.AlignedData
  const latest = useRef(data)
  latest.current = data
  const formatted = useRef(format)
  formatted.current = format
  const shape = JSON.stringify(series.map(({ label, tone, filled }) => [label, tone, filled === true]))

  // biome-ignore lint/correctness/useExhaustiveDependencies: colours are read anew when the theme changes
  useEffect(() => {
    const box = place.current!
    const colour = (token: string) => colourIn(box, token)
    const axis = {
      stroke: colour('muted-foreground'),
      font: `11px ${getComputedStyle(box).fontFamily}`,
      grid: { stroke: colour('border'), width: 1 },
      ticks: { show: false },
    }
    const lines = (JSON.parse(shape) as [string, Series['tone'], boolean][]).map(([label, tone, filled]) => ({
      label,
      stroke: colour(TOKENS[tone]),
      width: 1.75,
      points: { show: false, size: 5, filter: alone },
      ...(filled && { fill: colour('primary-soft') }),
      value: (_: UPlot, value: number | null) => (value === null ? '–' : formatted.current(value)),
    }))
    const made = new UPlot(
      {
        width: box.clientWidth,
        height,
        // To the right, half of the last time has to fit.
        padding: [8, 24, 0, 0],
        cursor: { y: false },
        legend: { show: true, live: true },
        axes: [axis, { ...axis, size: AXIS_WIDTH, values: (_, ticks) => ticks.map((tick) => formatted.current(tick)) }],
        scales: { y: { range: (_, __, most) => [0, Math.max(1, most * 1.1)] } },
        series: [{}, ...lines],
      },
      latest.current,
      box,
    )
    plot.current = made
    const watch = new ResizeObserver(() => made.setSize({ width: box.clientWidth, height }))
    watch.observe(box)
    return () => {
      watch.disconnect()
      made.destroy()
    }
  }, [shape, height, isDark])

  // biome-ignore lint/correctness/useExhaustiveDependencies: new numbers go into the plot that is there
  useEffect(() => plot.current?.setData(latest.current), [times, series])

  return <div ref={place} className="min-w-0 text-xs [&_.u-legend_th]:font-normal! [&_.uplot]:font-sans!" />
}
