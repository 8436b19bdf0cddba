/** One cell: its value, a way to what it refers to, and an editor in its place. */
import { Link } from '@tanstack/react-router'
import { ArrowUpRight } from 'lucide-react'
import { type KeyboardEvent, useState } from 'react'
import { calledOf, type Row, type TableField, type TableSchema, useRowChanges } from '../../api/records.ts'
import { notify } from '../../components/notify.ts'
import { cn } from '../../components/ui/class-names.ts'
import { CONTROL } from '../../components/ui/input.tsx'
import { data as text } from '../../text/data.ts'
import { equalTo } from './filter-text.ts'
import { GridPart } from './grid-part.tsx'
import { isNumeric, parsed, shown, typed } from './values.ts'

interface GridCellProps {
  readonly service: string
  readonly schema: TableSchema
  readonly keyFields: readonly string[]
  readonly field: TableField
  /** `undefined`: still being read. */
  readonly row: Row | undefined
  readonly column: number
  readonly isCurrent: boolean
  readonly onFocus: () => void
  /** The editor is closed; `down`: by Enter, which goes on below. */
  readonly onDone: (down: boolean) => void
}

export const GridCell = (props: GridCellProps) => {
  const { field, row, keyFields, isCurrent, onFocus, column, onDone } = props
  const [editing, setEditing] = useState(false)
  const value = row?.[calledOf(field)]
  const mayEdit = row !== undefined && keyFields.length > 0 && !field.is_primary_key && !field.is_virtual
  const edit = () => mayEdit && setEditing(true)
  return (
    <GridPart
      role="gridcell"
      data-column={column}
      tabIndex={isCurrent ? 0 : -1}
      aria-colindex={column + 1}
      aria-readonly={!mayEdit}
      className={cn(
        'flex min-w-0 items-center gap-1 px-3 focus-visible:outline-offset-[-2px]',
        isNumeric(field) && 'justify-end tabular-nums',
      )}
      onFocus={onFocus}
      onDoubleClick={edit}
      onKeyDown={(event) => {
        if (event.target !== event.currentTarget || (event.key !== 'Enter' && event.key !== 'F2')) return
        event.preventDefault()
        edit()
      }}
    >
      {editing && row ? (
        <Editor
          {...props}
          row={row}
          onDone={(down) => {
            setEditing(false)
            onDone(down)
          }}
        />
      ) : (
        <Value {...props} value={value} />
      )}
    </GridPart>
  )
}

const Value = ({ service, field, row, value, schema }: GridCellProps & { readonly value: unknown }) => {
  if (row === undefined) return <span aria-hidden className="h-3 w-2/3 animate-pulse rounded bg-muted" />
  if (value === null || value === undefined)
    return <span className="text-muted-foreground text-xs italic">{text.nullValue}</span>
  const relation = schema.related.find((one) => one.type === 'belongs_to' && one.field === field.name)
  return (
    <>
      <span className="truncate">{shown(value)}</span>
      {relation && (
        <Link
          to="/data/$service/$table"
          params={{ service: relation.ref_service ?? service, table: relation.ref_table }}
          search={{ filter: equalTo(field, relation.ref_field, value) }}
          tabIndex={-1}
          aria-label={text.openRelated(relation.ref_table)}
          title={text.openRelated(relation.ref_table)}
          className="shrink-0 rounded text-muted-foreground hover:text-primary"
        >
          <ArrowUpRight className="size-3.5" />
        </Link>
      )}
    </>
  )
}

const Editor = ({ service, schema, keyFields, field, row, onDone }: GridCellProps & { readonly row: Row }) => {
  const name = calledOf(field)
  const before = typed(row[name])
  const [now, setNow] = useState(before)
  const { update } = useRowChanges(service, calledOf(schema), keyFields)
  const save = async (down: boolean) => {
    // Left by both the key and the blur that follows it.
    if (update.isPending) return
    if (now === before) return onDone(down)
    try {
      const value = now === '' && field.allow_null ? null : parsed(field, now)
      const key = Object.fromEntries(keyFields.map((one) => [one, row[one]]))
      await update.mutateAsync([{ ...key, [name]: value }])
      onDone(down)
    } catch (error) {
      notify.failed(error)
      onDone(false)
    }
  }
  const common = {
    'aria-label': name,
    value: now,
    disabled: update.isPending,
    // It takes the place of the cell that had the focus
    autoFocus: true,
    className: cn(CONTROL, 'h-7 px-1.5'),
    onBlur: () => void save(false),
    onKeyDown: (event: KeyboardEvent) => {
      event.stopPropagation()
      if (event.key === 'Enter') void save(true)
      if (event.key === 'Escape') onDone(false)
    },
  }
  const choices = field.type === 'boolean' ? ['true', 'false'] : field.picklist
  if (!choices) return <input {...common} onChange={(event) => setNow(event.target.value)} />
  return (
    <select {...common} onChange={(event) => setNow(event.target.value)}>
      {(field.allow_null || before === '') && <option value="">{text.nullValue}</option>}
      {choices.map((choice) => (
        <option key={choice}>{choice}</option>
      ))}
    </select>
  )
}
