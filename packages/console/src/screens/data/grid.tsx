/**
 * Rows of a table, however many: only those in sight are drawn, and read a page at a time. Arrows move between cells,
 * Enter edits one, the button before a row opens it whole.
 */
import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query'
import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown, ArrowUp, Rows3 } from 'lucide-react'
import { type CSSProperties, type KeyboardEvent, useEffect, useRef, useState } from 'react'
import {
  calledOf,
  countOptions,
  PAGE,
  pageOptions,
  type Row,
  type RowsQuery,
  type TableField,
  type TableSchema,
} from '../../api/records.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { cn } from '../../components/ui/class-names.ts'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { data as text } from '../../text/data.ts'
import { GridCell } from './grid-cell.tsx'
import { GridPart } from './grid-part.tsx'
import { isNumeric } from './values.ts'

const ROW_HEIGHT = 36
/** Browsers draw no element taller than some millions of pixels; beyond that, a filter finds more than scrolling. */
const MOST = 400_000

interface GridProps {
  readonly asked: RowsQuery
  readonly schema: TableSchema
  /** Empty: rows can not be changed. */
  readonly keyFields: readonly string[]
  readonly onOrder: (order: string | undefined) => void
  readonly onOpen: (row: Row) => void
}

/** By page; those that are in sight. */
const usePages = (asked: RowsQuery, first: number, last: number) => {
  const from = Math.floor(first / PAGE)
  const numbers = Array.from({ length: Math.floor(last / PAGE) - from + 1 }, (_, at) => from + at)
  const results = useQueries({ queries: numbers.map((page) => pageOptions(asked, page)) })
  return {
    rowAt: (index: number): Row | undefined => results[Math.floor(index / PAGE) - from]?.data?.[index % PAGE],
    error: results.find(({ error }) => error)?.error,
    refetch: () => Promise.all(results.map((one) => one.refetch())),
  }
}

const widthOf = (field: TableField): number =>
  field.type === 'boolean' ? 96 : isNumeric(field) ? 128 : field.type === 'text' ? 280 : 196

/** The same for the headings and each row, which are laid out apart from each other. */
const columnsOf = (fields: readonly TableField[]): CSSProperties => {
  const widths = fields.map(widthOf)
  return {
    gridTemplateColumns: `48px ${widths.map((width) => `minmax(${width}px, ${width}fr)`).join(' ')}`,
    minWidth: widths.reduce((sum, width) => sum + width, 48),
  }
}

export const Grid = (props: GridProps) => {
  const { asked, schema, onOpen, keyFields } = props
  const {
    data: count,
    error: uncounted,
    refetch,
  } = useQuery({
    ...countOptions(asked),
    placeholderData: keepPreviousData,
  })
  const box = useRef<HTMLDivElement>(null)
  const [at, setAt] = useState({ row: 0, column: 0 })
  const fields = schema.field
  const shown = Math.min(count ?? 0, MOST)
  const virtualizer = useVirtualizer({
    count: shown,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 10,
  })
  const items = virtualizer.getVirtualItems()
  const pages = usePages(asked, items[0]?.index ?? 0, items.at(-1)?.index ?? 0)
  const error = uncounted ?? pages.error
  const columns = columnsOf(fields)

  // biome-ignore lint/correctness/useExhaustiveDependencies: another list begins at its top
  useEffect(() => virtualizer.scrollToOffset(0), [asked.filter, asked.order, asked.table])
  const moveTo = (row: number, column: number) => {
    const next = {
      row: Math.max(0, Math.min(shown - 1, row)),
      column: Math.max(0, Math.min(fields.length, column)),
    }
    setAt(next)
    virtualizer.scrollToIndex(next.row)
    // Drawn by then, where it was out of sight before.
    requestAnimationFrame(() =>
      box.current
        ?.querySelector<HTMLElement>(`[data-row="${next.row}"] [data-column="${next.column}"]`)
        ?.focus({ preventScroll: false }),
    )
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const moved = MOVES[event.key]?.(at, Math.floor((box.current?.clientHeight ?? 0) / ROW_HEIGHT), shown)
    if (!moved || (event.target as Element).closest('input, textarea, select')) return
    event.preventDefault()
    moveTo(...moved)
  }
  if (error) return <ErrorNotice error={error} onRetry={() => void Promise.all([refetch(), pages.refetch()])} />
  if (count === 0)
    return (
      <EmptyState icon={Rows3} title={text.empty.title} text={asked.filter ? text.empty.filtered : text.empty.text} />
    )
  return (
    <div className="grid min-w-0 gap-2">
      <GridPart
        ref={box}
        role="grid"
        aria-label={schema.name}
        aria-rowcount={count === undefined ? -1 : count + 1}
        aria-colcount={fields.length + 1}
        aria-busy={count === undefined}
        tabIndex={-1}
        className="h-[58dvh] overflow-auto rounded-xl border bg-surface text-[0.8125rem] shadow-xs"
        onKeyDown={onKeyDown}
      >
        <Headings {...props} columns={columns} />
        {count === undefined && <Waiting />}
        <GridPart
          role="rowgroup"
          className="relative"
          style={{ height: virtualizer.getTotalSize(), minWidth: columns.minWidth }}
        >
          {items.map(({ index, start }) => {
            const row = pages.rowAt(index)
            return (
              <GridPart
                key={index}
                role="row"
                data-row={index}
                aria-rowindex={index + 2}
                className="absolute inset-x-0 grid border-b hover:bg-hover/50"
                style={{ ...columns, height: ROW_HEIGHT, transform: `translateY(${start}px)` }}
              >
                <GridPart
                  role="rowheader"
                  className="grid place-items-center text-muted-foreground text-xs tabular-nums"
                >
                  <button
                    type="button"
                    data-column={0}
                    tabIndex={at.row === index && at.column === 0 ? 0 : -1}
                    className="size-full rounded hover:text-primary hover:underline focus-visible:outline-offset-[-2px]"
                    aria-label={text.rowNumber(index + 1)}
                    onFocus={() => setAt({ row: index, column: 0 })}
                    onClick={() => row && onOpen(row)}
                  >
                    {index + 1}
                  </button>
                </GridPart>
                {fields.map((field, place) => (
                  <GridCell
                    key={field.name}
                    service={asked.service}
                    schema={schema}
                    keyFields={keyFields}
                    field={field}
                    row={row}
                    column={place + 1}
                    isCurrent={at.row === index && at.column === place + 1}
                    onFocus={() => setAt({ row: index, column: place + 1 })}
                    onDone={(down) => moveTo(index + (down ? 1 : 0), place + 1)}
                  />
                ))}
              </GridPart>
            )
          })}
        </GridPart>
      </GridPart>
      <p className="text-muted-foreground text-xs tabular-nums" aria-live="polite">
        {count !== undefined && text.count(count)}
      </p>
    </div>
  )
}

type Move = (at: { row: number; column: number }, page: number, count: number) => [row: number, column: number]
const MOVES: Readonly<Record<string, Move>> = {
  ArrowDown: ({ row, column }) => [row + 1, column],
  ArrowUp: ({ row, column }) => [row - 1, column],
  ArrowLeft: ({ row, column }) => [row, column - 1],
  ArrowRight: ({ row, column }) => [row, column + 1],
  PageDown: ({ row, column }, page) => [row + page, column],
  PageUp: ({ row, column }, page) => [row - page, column],
  Home: ({ row }) => [row, 0],
  End: ({ row }) => [row, Number.MAX_SAFE_INTEGER],
}

interface HeadingsProps extends GridProps {
  readonly columns: CSSProperties
}

const Headings = ({ schema, asked, onOrder, columns }: HeadingsProps) => {
  const [by = '', direction = 'asc'] = (asked.order ?? '').split(/\s+/)
  const next = (name: string) => (by !== name ? name : direction === 'asc' ? `${name} desc` : undefined)
  return (
    <GridPart
      role="row"
      aria-rowindex={1}
      className="sticky top-0 z-10 grid border-b bg-surface font-medium text-muted-foreground text-xs"
      style={columns}
    >
      <GridPart role="columnheader" aria-label="#" />
      {schema.field.map((field) => {
        const name = calledOf(field)
        const sorted = by === name ? (direction === 'desc' ? 'descending' : 'ascending') : undefined
        const Arrow = sorted === 'descending' ? ArrowDown : ArrowUp
        return (
          <GridPart key={field.name} role="columnheader" aria-sort={sorted ?? 'none'} className="min-w-0">
            <button
              type="button"
              title={field.description ?? `${name}: ${field.db_type ?? field.type}`}
              className={cn(
                'flex h-9 w-full items-center gap-1 px-3 hover:text-foreground focus-visible:outline-offset-[-2px]',
                isNumeric(field) && 'justify-end',
              )}
              onClick={() => onOrder(next(name))}
            >
              <span className="truncate">{name}</span>
              {field.is_primary_key && <span className="text-primary">{text.key}</span>}
              <Arrow aria-hidden className={cn('size-3.5 shrink-0', !sorted && 'hidden')} />
            </button>
          </GridPart>
        )
      })}
    </GridPart>
  )
}

const Waiting = () => (
  <div className="grid gap-3 p-4">
    {[70, 50, 80, 60].map((percent) => (
      <div key={percent} style={{ width: `${percent}%` }}>
        <Skeleton className="h-4" />
      </div>
    ))}
  </div>
)
