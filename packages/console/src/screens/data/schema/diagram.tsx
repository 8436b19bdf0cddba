import { useNavigate } from '@tanstack/react-router'
import { Maximize2, ZoomIn, ZoomOut } from 'lucide-react'
import { type ReactNode, useMemo, useState } from 'react'
import type { TableSchema } from '../../../api/records.ts'
import { Button } from '../../../components/ui/button.tsx'
import { schemaText } from '../../../text/data.ts'
import { type Box, drawingOf, HEAD, LINE, WIDTH } from './diagram-layout.ts'

const text = schemaText.picture
const STEP = 1.25

interface DiagramProps {
  readonly service: string
  readonly schemas: readonly TableSchema[]
}

export const Diagram = ({ service, schemas }: DiagramProps) => {
  const { boxes, lines, width, height } = useMemo(() => drawingOf(schemas), [schemas])
  /** `undefined`: as large as there is room. */
  const [scale, setScale] = useState<number>()
  const zoom = (by: number) => setScale((now) => Math.min(3, Math.max(0.2, (now ?? 1) * by)))
  return (
    <div className="min-w-0 rounded-xl border bg-surface shadow-xs">
      <div className="flex justify-end gap-1 border-b p-2">
        <Control label={text.zoomOut} onClick={() => zoom(1 / STEP)}>
          <ZoomOut />
        </Control>
        <Control label={text.zoomIn} onClick={() => zoom(STEP)}>
          <ZoomIn />
        </Control>
        <Control label={text.whole} onClick={() => setScale(undefined)}>
          <Maximize2 />
        </Control>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also by the keyboard */}
      <section className="max-h-[75dvh] overflow-auto p-3" tabIndex={0} aria-label={text.label}>
        <svg
          viewBox={`0 0 ${width} ${height}`}
          width={scale === undefined ? undefined : width * scale}
          height={scale === undefined ? undefined : height * scale}
          className={scale === undefined ? 'max-h-[70dvh] w-full' : 'max-w-none'}
          // A few tables need not be larger than life.
          style={scale === undefined ? { maxWidth: width * 1.3 } : undefined}
        >
          <title>{text.label}</title>
          <defs>
            <marker id="one" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">
              <path d="M0 0 8 4 0 8Z" className="fill-muted-foreground" />
            </marker>
          </defs>
          {lines.map(({ id, label, points }) => (
            <polyline
              key={id}
              points={points.map(({ x, y }) => `${x},${y}`).join(' ')}
              className="fill-none stroke-muted-foreground/60"
              strokeWidth={1.25}
              markerEnd="url(#one)"
            >
              <title>{label}</title>
            </polyline>
          ))}
          {boxes.map((box) => (
            <Table key={box.name} service={service} box={box} />
          ))}
        </svg>
      </section>
    </div>
  )
}

const Control = ({ label, onClick, children }: { label: string; onClick: () => void; children: ReactNode }) => (
  <Button variant="outline" size="icon-sm" aria-label={label} title={label} onClick={onClick}>
    {children}
  </Button>
)

/** Longer texts would run out of their box. */
const short = (name: string, most: number): string => (name.length > most ? `${name.slice(0, most - 1)}…` : name)

const Table = ({ service, box }: { readonly service: string; readonly box: Box }) => {
  const navigate = useNavigate()
  const open = () => void navigate({ to: '/data/$service/$table', params: { service, table: box.name }, search: {} })
  return (
    // biome-ignore lint/a11y/useSemanticElements: there is no button in a picture
    <g
      role="link"
      tabIndex={0}
      className="group cursor-pointer outline-none"
      transform={`translate(${box.x} ${box.y})`}
      onClick={open}
      onKeyDown={(event) => event.key === 'Enter' && open()}
    >
      <rect
        width={WIDTH}
        height={box.height}
        rx={8}
        className="fill-surface stroke-border group-hover:stroke-primary group-focus-visible:stroke-primary"
        strokeWidth={1.5}
      />
      <text x={12} y={20} className="fill-foreground font-semibold" fontSize={13}>
        {short(box.name, 24)}
      </text>
      <line x1={0} x2={WIDTH} y1={HEAD} y2={HEAD} className="stroke-border" />
      {box.fields.map((field, at) => (
        <g key={field.name} aria-hidden transform={`translate(0 ${HEAD + at * LINE})`} fontSize={11}>
          <text x={12} y={16} className={field.is_primary_key ? 'fill-primary font-medium' : 'fill-foreground'}>
            {short(field.name, 18)}
          </text>
          <text x={WIDTH - 12} y={16} textAnchor="end" className="fill-muted-foreground">
            {short(field.is_foreign_key ? `→ ${field.ref_table}` : field.type, 12)}
          </text>
        </g>
      ))}
      {box.more > 0 && (
        <text
          aria-hidden
          x={12}
          y={HEAD + box.fields.length * LINE + 16}
          fontSize={11}
          className="fill-muted-foreground"
        >
          + {box.more}
        </text>
      )}
    </g>
  )
}
