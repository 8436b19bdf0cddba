/** Above a list: its search, and a choice for each column that has few values. */
import { Search } from 'lucide-react'
import type { ReactNode } from 'react'
import { app } from '../text/app.ts'
import type { Column, TableModel } from './data-table-model.ts'
import { Input, Select } from './ui/input.tsx'

export interface TableToolbarProps<Row> {
  readonly model: TableModel<Row>
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly label: string
  readonly searchable: boolean
  readonly children?: ReactNode
}

export const TableToolbar = <Row,>({ model, columns, rows, label, searchable, children }: TableToolbarProps<Row>) => (
  <div className="flex flex-wrap items-center gap-2">
    {searchable && (
      <div className="relative w-full sm:w-72">
        <Search aria-hidden className="absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-muted-foreground" />
        <Input
          type="search"
          className="pl-8"
          aria-label={`${app.table.search}: ${label}`}
          placeholder={app.table.searchPlaceholder}
          value={model.search}
          onChange={(event) => model.setSearch(event.target.value)}
        />
      </div>
    )}
    {columns
      .filter(({ filter }) => filter)
      .map((column) => (
        <Select
          key={column.id}
          className="w-auto max-sm:flex-1"
          aria-label={app.table.filterBy(column.header)}
          value={model.filters[column.id] ?? ''}
          onChange={(event) => model.setFilter(column.id, event.target.value)}
        >
          <option value="">{app.table.all(column.header)}</option>
          {valuesOf(column, rows).map((value) => (
            <option key={value} value={value}>
              {value === 'true' ? app.yes : value === 'false' ? app.no : value}
            </option>
          ))}
        </Select>
      ))}
    {children}
  </div>
)

const valuesOf = <Row,>({ value }: Column<Row>, rows: readonly Row[]): readonly string[] =>
  [...new Set(rows.map((row) => String(value(row) ?? '')))].filter((one) => one !== '').sort()
