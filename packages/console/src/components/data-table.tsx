/**
 * A list of records: sorted, searched, filtered and paged by TanStack Table, drawn only as far as it is seen by
 * TanStack Virtual. With the keyboard: arrows, Home and End move between rows, Enter opens one.
 */
import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown, ArrowUp, ChevronLeft, ChevronRight } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useRef } from 'react'
import { app } from '../text/app.ts'
import { type Column, type ShownRow, type TableModel, useTableModel } from './data-table-model.ts'
import { TableToolbar } from './data-table-toolbar.tsx'
import { Button } from './ui/button.tsx'
import { cn } from './ui/class-names.ts'
import { Skeleton } from './ui/skeleton.tsx'

export type { Column } from './data-table-model.ts'

export interface DataTableProps<Row> {
  /** What the list is of, for readers: "Roles". */
  readonly label: string
  readonly columns: readonly Column<Row>[]
  /** `undefined`: still being read. */
  readonly rows: readonly Row[] | undefined
  readonly idOf: (row: Row) => string
  /** What a row is called. */
  readonly nameOf: (row: Row) => string
  /** Opens a row: a click, or Enter. */
  readonly onOpen?: (row: Row) => void
  /** Rows on a page; 0: all of them, of which only those in sight are drawn. */
  readonly pageSize?: number
  /** Beside the search. */
  readonly toolbar?: ReactNode
  /** The last cell of a row: buttons. */
  readonly actions?: (row: Row) => ReactNode
  readonly initialSort?: { readonly id: string; readonly desc?: boolean }
  readonly searchable?: boolean
}

const ROW_HEIGHT = 44
/** From here on, only the rows in sight are drawn. */
const VIRTUAL_FROM = 60

export const DataTable = <Row,>(props: DataTableProps<Row>) => {
  const { label, columns, rows, searchable = true, toolbar, pageSize = 50 } = props
  const model = useTableModel({ ...props, pageSize })
  const shown = model.rows
  return (
    <div className="grid min-w-0 gap-3">
      {(searchable || toolbar) && (
        <TableToolbar model={model} columns={columns} rows={rows ?? []} searchable={searchable} label={label}>
          {toolbar}
        </TableToolbar>
      )}
      <div className="min-w-0 overflow-hidden rounded-xl border bg-surface shadow-xs">
        <Scrolled {...props} model={model} shown={shown} />
        {rows && shown.length === 0 && (
          <div className="grid justify-items-center gap-2 border-t px-4 py-10 text-muted-foreground">
            {app.table.nothing}
            {model.isNarrowed && (
              <Button variant="outline" size="sm" onClick={model.clear}>
                {app.table.clear}
              </Button>
            )}
          </div>
        )}
        {model.pageCount > 1 && <Pages model={model} />}
      </div>
    </div>
  )
}

interface ScrolledProps<Row> extends DataTableProps<Row> {
  readonly model: TableModel<Row>
  readonly shown: readonly ShownRow<Row>[]
}

const Scrolled = <Row,>({ model, shown, columns, rows, label, idOf, nameOf, onOpen, actions }: ScrolledProps<Row>) => {
  const box = useRef<HTMLDivElement>(null)
  const isVirtual = shown.length >= VIRTUAL_FROM
  const virtualizer = useVirtualizer({
    count: isVirtual ? shown.length : 0,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
  })
  const items = virtualizer.getVirtualItems()
  const drawn = isVirtual ? items.flatMap(({ index }) => shown[index] ?? []) : shown
  const above = items[0]?.start ?? 0
  const below = isVirtual ? virtualizer.getTotalSize() - (items.at(-1)?.end ?? 0) : 0
  const width = columns.length + (actions ? 1 : 0)

  const onKeyDown = (event: KeyboardEvent<HTMLTableRowElement>, row: Row) => {
    if (event.target !== event.currentTarget) return
    const next = neighbourOf(event.key, event.currentTarget)
    if (next) {
      event.preventDefault()
      next.focus()
    } else if (event.key === 'Enter' && onOpen) {
      event.preventDefault()
      onOpen(row)
    }
  }
  return (
    // The browser would follow a row that it knows when others are drawn above it, and end up far from where one looked.
    <div
      ref={box}
      className={cn('overflow-x-auto', isVirtual && 'max-h-[70dvh] overflow-y-auto [overflow-anchor:none]')}
    >
      <table className="w-full border-collapse text-left" aria-label={label} aria-busy={!rows}>
        <thead className="sticky top-0 z-10 bg-surface">
          <tr className="border-b">
            {columns.map((column) => (
              <Heading key={column.id} column={column} model={model} />
            ))}
            {actions && <th className="w-px" aria-label={app.edit} />}
          </tr>
        </thead>
        <tbody>
          {!rows && <Waiting width={width} />}
          {above > 0 && <Gap height={above} width={width} />}
          {drawn.map(({ original, index }) => (
            <tr
              key={idOf(original)}
              data-row={index}
              tabIndex={index === (drawn[0]?.index ?? 0) ? 0 : -1}
              aria-label={onOpen ? app.table.open(nameOf(original)) : undefined}
              className={cn(
                'border-b transition-colors last:border-b-0 hover:bg-hover/60 focus-visible:bg-hover focus-visible:outline-offset-[-2px]',
                onOpen && 'cursor-pointer',
              )}
              style={{ height: ROW_HEIGHT }}
              onClick={onOpen && ((event) => !isControl(event.target) && onOpen(original))}
              onKeyDown={(event) => onKeyDown(event, original)}
            >
              {columns.map((column) => (
                <td
                  key={column.id}
                  className={cn('px-4 py-2 align-middle', HIDDEN[column.from ?? 'always'], column.className)}
                >
                  {column.cell ? column.cell(original) : plain(column.value(original))}
                </td>
              ))}
              {actions && <td className="whitespace-nowrap px-2 py-1 text-right">{actions(original)}</td>}
            </tr>
          ))}
          {below > 0 && <Gap height={below} width={width} />}
        </tbody>
      </table>
    </div>
  )
}

const HIDDEN = { always: '', sm: 'max-sm:hidden', md: 'max-md:hidden', lg: 'max-lg:hidden' } as const

const plain = (value: unknown): ReactNode => {
  if (value === null || value === undefined || value === '') return <span className="text-muted-foreground">–</span>
  return typeof value === 'boolean' ? (value ? app.yes : app.no) : String(value)
}

/** A button inside a row is not the row. */
const isControl = (target: EventTarget): boolean =>
  target instanceof Element &&
  target.closest('a, button, input, select, label, [role="switch"], [role="menu"]') !== null

const neighbourOf = (key: string, row: HTMLTableRowElement): HTMLElement | undefined => {
  const all = [...(row.parentElement?.querySelectorAll<HTMLElement>('tr[data-row]') ?? [])]
  const at = all.indexOf(row)
  switch (key) {
    case 'ArrowDown':
      return all[at + 1]
    case 'ArrowUp':
      return all[at - 1]
    case 'Home':
      return all[0]
    case 'End':
      return all.at(-1)
    default:
      return undefined
  }
}

const Heading = <Row,>({ column, model }: { column: Column<Row>; model: TableModel<Row> }) => {
  const sorted = model.sort?.id === column.id ? (model.sort.desc ? 'descending' : 'ascending') : undefined
  const Arrow = sorted === 'descending' ? ArrowDown : ArrowUp
  return (
    <th
      scope="col"
      aria-sort={sorted ?? 'none'}
      className={cn(
        'px-4 font-medium text-muted-foreground text-xs',
        HIDDEN[column.from ?? 'always'],
        column.className,
      )}
    >
      {column.sortable === false ? (
        <span className="flex h-9 items-center">{column.header}</span>
      ) : (
        <button
          type="button"
          className="-mx-1 flex h-9 items-center gap-1 rounded px-1 hover:text-foreground focus-visible:outline-offset-[-2px]"
          onClick={() => model.toggleSort(column.id)}
        >
          {column.header}
          <Arrow aria-hidden className={cn('size-3.5', !sorted && 'opacity-0')} />
        </button>
      )}
    </th>
  )
}

const Waiting = ({ width }: { readonly width: number }) =>
  [70, 55, 85, 45].map((percent) => (
    <tr key={percent} className="border-b last:border-b-0" style={{ height: ROW_HEIGHT }}>
      <td colSpan={width} className="px-4">
        <div style={{ width: `${percent}%` }}>
          <Skeleton className="h-4" />
        </div>
      </td>
    </tr>
  ))

const Gap = ({ height, width }: { readonly height: number; readonly width: number }) => (
  <tr aria-hidden style={{ height }}>
    <td colSpan={width} />
  </tr>
)

const Pages = <Row,>({ model }: { readonly model: TableModel<Row> }) => (
  <div className="flex items-center justify-end gap-2 border-t px-4 py-2 text-muted-foreground text-xs">
    <span className="tabular-nums">{app.table.range(...model.range)}</span>
    <Button
      variant="outline"
      size="icon-sm"
      aria-label={app.table.previous}
      disabled={!model.previous}
      onClick={model.previous}
    >
      <ChevronLeft />
    </Button>
    <Button
      variant="outline"
      size="icon-sm"
      aria-label={app.table.following}
      disabled={!model.following}
      onClick={model.following}
    >
      <ChevronRight />
    </Button>
  </div>
)
