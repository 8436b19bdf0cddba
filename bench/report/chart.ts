/** A picture of the ratios: a panel for each workload, a bar for each system, a line where b is. Plain SVG. */
import { USUAL_CONNECTIONS } from '../options.ts'
import { median, spread } from '../statistics.ts'
import { WORKLOADS, type WorkloadName } from '../workloads.ts'
import type { Measured, Results } from './results.ts'
import { ratiosOf } from './tables.ts'

export interface Bar {
  readonly label: string
  /** gw's are emphasized. */
  readonly own: boolean
  readonly ratio: number
  readonly low: number
  readonly high: number
}
export interface Panel {
  readonly title: string
  readonly bars: readonly Bar[]
}

const bar = (label: string, own: boolean, measured: Measured, name: string): Bar => {
  const ratios = ratiosOf(measured, name)
  const [low, high] = spread(ratios)
  return { label, own, ratio: median(ratios), low, high }
}

/** What there is to show of each workload. */
export const panelsOf = ({ postgres, mariadb, sqlite, peers }: Results): readonly Panel[] =>
  WORKLOADS.map(({ name, label }) => {
    const of = (measured: readonly Measured[]) =>
      measured.find((each) => each.workload === (name as WorkloadName) && each.connections === USUAL_CONNECTIONS)
    const own = [postgres, mariadb, sqlite].flatMap((results) => {
      const found = results && of(results.measured)
      return found ? [bar(`gw, ${results.label}`, true, found, 'gw')] : []
    })
    const found = peers && of(peers.measured)
    const others = (found ? peers.peers : []).flatMap((peer) =>
      found?.runs[peer.name] ? [bar(peer.label, false, found, peer.name)] : [],
    )
    return { title: `${name}  ${label}`, bars: [...own, ...others] }
  }).filter(({ bars }) => bars.length > 0)

const WIDTH = 920
const PANEL = { width: 440, left: 128, right: 76, value: 28, top: 34, bar: 14, gap: 7, bottom: 26 } as const
const GUTTER = 20
const HEAD = 58

const escaped = (text: string): string =>
  text.replace(/[&<>]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign]!)
const at = (value: number): string => value.toFixed(1)
const heightOf = (panels: readonly Panel[]): number =>
  PANEL.top + Math.max(0, ...panels.map(({ bars }) => bars.length)) * (PANEL.bar + PANEL.gap) + PANEL.bottom

/** Both themes: whoever shows the file says by `prefers-color-scheme` which one it is. */
const STYLE = `
  .page { fill: #ffffff } .ink { fill: #1f2328 } .faint { fill: #59636e } .own { fill: #0b6bcb } .other { fill: #9aa5b1 }
  .b { stroke: #b42318; stroke-width: 1.5 } .b-ink { fill: #b42318 } .spread { stroke: #1f2328; stroke-width: 1 }
  .grid { stroke: #d9dee3; stroke-width: 1 }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117 } .ink { fill: #e6edf3 } .faint { fill: #9198a1 } .own { fill: #4aa3ff } .other { fill: #5b6672 }
    .b { stroke: #ff7b72 } .b-ink { fill: #ff7b72 } .spread { stroke: #e6edf3 } .grid { stroke: #2a313a }
  }
  text { font: 12px system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif } .title { font-weight: 600; font-size: 13px }
  .head { font-weight: 600; font-size: 15px }`

/** The greatest ratio that fits: whole halves, and never less than b and a little. */
const scaleOf = (bars: readonly Bar[]): number =>
  Math.max(1.25, Math.ceil(Math.max(...bars.map(({ high }) => high)) * 4) / 4)

const panelSvg = ({ title, bars }: Panel, left: number, top: number): string => {
  const scale = scaleOf(bars)
  const room = PANEL.width - PANEL.left - PANEL.right
  const x = (ratio: number) => left + PANEL.left + (ratio / scale) * room
  const first = top + PANEL.top
  const bottom = first + bars.length * (PANEL.bar + PANEL.gap)
  const step = scale > 3 ? 1 : 0.5
  const ticks = Array.from({ length: Math.floor(scale / step) + 1 }, (_, index) => index * step)
  const lines = ticks.map(
    (tick) =>
      `<line class="${tick === 1 ? 'b' : 'grid'}" x1="${at(x(tick))}" x2="${at(x(tick))}" y1="${first - 4}" y2="${bottom}"/>` +
      `<text class="${tick === 1 ? 'b-ink' : 'faint'}" x="${at(x(tick))}" y="${bottom + 14}" text-anchor="middle">${tick === 1 ? 'b' : tick}</text>`,
  )
  const drawn = bars.map(({ label, own, ratio, low, high }, index) => {
    const y = first + index * (PANEL.bar + PANEL.gap)
    const middle = y + PANEL.bar / 2
    return (
      `<text class="ink" x="${left + PANEL.left - 8}" y="${middle + 4}" text-anchor="end">${escaped(label)}</text>` +
      `<rect class="${own ? 'own' : 'other'}" x="${at(x(0))}" y="${y}" width="${at(x(ratio) - x(0))}" height="${PANEL.bar}" rx="2"/>` +
      `<line class="spread" x1="${at(x(low))}" x2="${at(x(high))}" y1="${middle}" y2="${middle}"/>` +
      `<text class="ink" x="${left + PANEL.width - PANEL.value}" y="${middle + 4}" text-anchor="end">${ratio.toFixed(2)}</text>`
    )
  })
  // The line of b stays visible over the bars.
  const [grid, ofB] = [lines.filter((_, index) => ticks[index] !== 1), lines.filter((_, index) => ticks[index] === 1)]
  return [
    `<text class="ink title" x="${left}" y="${top + 18}">${escaped(title)}</text>`,
    ...grid,
    ...drawn,
    ...ofB,
  ].join('\n')
}

/** The whole picture. */
export const chart = (results: Results): string => {
  const panels = panelsOf(results)
  const height = heightOf(panels)
  const rows = Math.ceil(panels.length / 2)
  const total = HEAD + rows * height + GUTTER
  const drawn = panels.map((panel, index) =>
    panelSvg(panel, GUTTER + (index % 2) * (PANEL.width + 2), HEAD + Math.floor(index / 2) * height),
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${total}" viewBox="0 0 ${WIDTH} ${total}" role="img" aria-label="Requests per second as a part of those of b">`,
    `<style>${STYLE}\n</style>`,
    `<rect class="page" width="${WIDTH}" height="${total}"/>`,
    `<text class="ink head" x="${GUTTER}" y="26">Requests per second, as a part of those of b</text>`,
    `<text class="faint" x="${GUTTER}" y="44">b: written by hand for these questions, without rules. ${USUAL_CONNECTIONS} connections; others on PostgreSQL. Thin lines: the spread of the rounds.</text>`,
    ...drawn,
    '</svg>',
    '',
  ].join('\n')
}
