/** What a list shows of its rows: TanStack Table, behind the few things that our lists need of it. */
import {
  columnFilteringFeature,
  createColumnHelper,
  createFilteredRowModel,
  createPaginatedRowModel,
  createSortedRowModel,
  filterFn_equalsString,
  filterFn_includesString,
  globalFilteringFeature,
  rowPaginationFeature,
  rowSortingFeature,
  sortFn_alphanumeric,
  tableFeatures,
  useTable,
} from '@tanstack/react-table'
import { type ReactNode, useMemo, useState } from 'react'

export interface Column<Row> {
  readonly id: string
  readonly header: string
  /** What is sorted and searched by, and shown unless `cell` says otherwise. */
  readonly value: (row: Row) => string | number | boolean | null | undefined
  readonly cell?: (row: Row) => ReactNode
  readonly sortable?: boolean
  /** Offers its values as a choice above the list. */
  readonly filter?: boolean
  /** The narrowest screen that has room for it. */
  readonly from?: 'sm' | 'md' | 'lg'
  readonly className?: string
}

export interface ShownRow<Row> {
  readonly original: Row
  /** Its place in what is shown. */
  readonly index: number
}

export interface TableModel<Row> {
  readonly rows: readonly ShownRow<Row>[]
  readonly search: string
  readonly filters: Readonly<Record<string, string>>
  readonly sort: { readonly id: string; readonly desc: boolean } | undefined
  readonly isNarrowed: boolean
  readonly pageCount: number
  /** From, to, of: 1-based. */
  readonly range: readonly [number, number, number]
  /** `undefined` on the first page. */
  readonly previous: (() => void) | undefined
  readonly following: (() => void) | undefined
  setSearch(text: string): void
  /** An empty value takes the filter away. */
  setFilter(column: string, value: string): void
  toggleSort(column: string): void
  clear(): void
}

const features = tableFeatures({
  columnFilteringFeature,
  globalFilteringFeature,
  rowSortingFeature,
  rowPaginationFeature,
  filteredRowModel: createFilteredRowModel(),
  sortedRowModel: createSortedRowModel(),
  paginatedRowModel: createPaginatedRowModel(),
  filterFns: { includesString: filterFn_includesString, equalsString: filterFn_equalsString },
  sortFns: { alphanumeric: sortFn_alphanumeric },
})

export interface TableModelOptions<Row> {
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[] | undefined
  readonly idOf: (row: Row) => string
  readonly pageSize: number
  readonly initialSort?: { readonly id: string; readonly desc?: boolean }
}

const NONE: readonly never[] = []
/** All on one page. */
const ENDLESS = 1_000_000

export const useTableModel = <Row>(options: TableModelOptions<Row>): TableModel<Row> => {
  const { columns, rows, idOf, pageSize, initialSort } = options
  const size = pageSize === 0 ? ENDLESS : pageSize
  const [search, setSearch] = useState('')
  const [filters, setFilters] = useState<Readonly<Record<string, string>>>({})
  const [sort, setSort] = useState(initialSort && { id: initialSort.id, desc: initialSort.desc ?? false })
  const [page, setPage] = useState(0)
  const helper = useMemo(() => createColumnHelper<typeof features, any>(), [])
  const described = useMemo(
    () =>
      columns.map((column) =>
        helper.accessor(
          (row: Row) =>
            typeof column.value(row) === 'boolean' ? String(column.value(row)) : (column.value(row) ?? ''),
          {
            id: column.id,
            sortFn: 'alphanumeric',
            filterFn: 'equalsString',
          },
        ),
      ),
    [columns, helper],
  )
  const columnFilters = useMemo(() => Object.entries(filters).map(([id, value]) => ({ id, value })), [filters])
  const sorting = useMemo(() => (sort ? [sort] : []), [sort])
  const pagination = useMemo(() => ({ pageIndex: page, pageSize: size }), [page, size])
  const table = useTable({
    features,
    columns: described as never,
    data: (rows ?? NONE) as any[],
    getRowId: idOf as never,
    globalFilterFn: 'includesString',
    getColumnCanGlobalFilter: () => true,
    autoResetPageIndex: false,
    state: { globalFilter: search, columnFilters, sorting, pagination },
  })
  const count = table.getFilteredRowModel().rows.length
  const pageCount = Math.max(1, Math.ceil(count / size))
  const at = Math.min(page, pageCount - 1)
  const shown = (at === page ? table.getRowModel().rows : []) as readonly { original: Row }[]
  if (at !== page) setPage(at)
  const back = (change: () => void) => {
    change()
    setPage(0)
  }
  return {
    rows: shown.map(({ original }, index) => ({ original, index })),
    search,
    filters,
    sort,
    isNarrowed: search !== '' || columnFilters.length > 0,
    pageCount,
    range: [count === 0 ? 0 : at * size + 1, Math.min(count, (at + 1) * size), count],
    previous: at > 0 ? () => setPage(at - 1) : undefined,
    following: at < pageCount - 1 ? () => setPage(at + 1) : undefined,
    setSearch: (text) => back(() => setSearch(text)),
    setFilter: (column, value) =>
      back(() => setFilters(({ [column]: _, ...others }) => (value === '' ? others : { ...others, [column]: value }))),
    toggleSort: (id) =>
      setSort((now) => (now?.id !== id ? { id, desc: false } : now.desc ? undefined : { id, desc: true })),
    clear: () =>
      back(() => {
        setSearch('')
        setFilters({})
      }),
  }
}
