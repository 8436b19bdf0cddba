/** A whole row: looked at, changed, added, deleted, and the rows that belong to it. */
import { Link } from '@tanstack/react-router'
import { ArrowUpRight, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { ApiError } from '../../api/client.ts'
import { calledOf, type Row, type TableField, type TableSchema, useRowChanges } from '../../api/records.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { type ControlProps, Field } from '../../components/field.tsx'
import { notify } from '../../components/notify.ts'
import { Button } from '../../components/ui/button.tsx'
import { Checkbox } from '../../components/ui/checkbox.tsx'
import { Dialog, DialogContent } from '../../components/ui/dialog.tsx'
import { Input, Select, Textarea } from '../../components/ui/input.tsx'
import { app } from '../../text/app.ts'
import { data as text } from '../../text/data.ts'
import { equalTo } from './filter-text.ts'
import { isLong, parsed, shown, typed } from './values.ts'

interface RowDialogProps {
  readonly service: string
  readonly schema: TableSchema
  readonly keyFields: readonly string[]
  /** `undefined`: a new one. */
  readonly row: Row | undefined
  readonly onClose: () => void
}

/** What was typed by field; `null` is null, and what is absent was not touched. */
type Typed = Readonly<Record<string, string | null>>

/** What is sent of what was typed. @throws by field, where a text is none of its type */
const valuesOf = (fields: readonly TableField[], typed: Typed): Row => {
  const wrong: Record<string, string[]> = {}
  const values: Record<string, unknown> = {}
  for (const field of fields) {
    const name = calledOf(field)
    const given = typed[name]
    if (given === undefined) continue
    try {
      values[name] = given === null ? null : parsed(field, given)
    } catch (error) {
      wrong[name] = [(error as Error).message]
    }
  }
  if (Object.keys(wrong).length > 0) throw new ApiError('', 0, wrong)
  return values
}

export const RowDialog = ({ service, schema, keyFields, row, onClose }: RowDialogProps) => {
  const [given, setGiven] = useState<Typed>({})
  const [error, setError] = useState<unknown>()
  const [deleting, setDeleting] = useState(false)
  const { insert, update, remove } = useRowChanges(service, calledOf(schema), keyFields)
  const mayChange = row === undefined || keyFields.length > 0
  const key = Object.fromEntries(keyFields.map((name) => [name, row?.[name]]))
  const fields = schema.field.filter(({ is_virtual }) => !is_virtual)
  const busy = insert.isPending || update.isPending
  const save = async () => {
    setError(undefined)
    try {
      const values = valuesOf(fields, given)
      if (row) await update.mutateAsync([{ ...values, ...key }])
      else await insert.mutateAsync([values])
      notify.done(row ? text.rowSaved : text.rowMade)
      onClose()
    } catch (problem) {
      setError(problem)
    }
  }
  const problems = error instanceof ApiError ? error.fields : {}
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={row ? text.editRow : text.newRow}
        className="max-w-xl"
        footer={
          <>
            {row && mayChange && (
              <Button variant="ghost" className="mr-auto text-danger" onClick={() => setDeleting(true)}>
                <Trash2 />
                {app.delete}
              </Button>
            )}
            <Button variant="outline" onClick={onClose}>
              {mayChange ? app.cancel : app.close}
            </Button>
            {mayChange && (
              <Button disabled={busy || Object.keys(given).length === 0} onClick={() => void save()}>
                {row ? app.save : app.create}
              </Button>
            )}
          </>
        }
      >
        {error instanceof Error && error.message !== '' && <ErrorNotice error={error} />}
        {fields.map((field) => {
          const name = calledOf(field)
          const value = name in given ? given[name]! : row ? (row[name] === null ? null : typed(row[name])) : ''
          return (
            <RowField
              key={name}
              field={field}
              value={value}
              disabled={!mayChange || (row !== undefined && keyFields.includes(name))}
              problems={problems[name]}
              onChange={(next) => setGiven({ ...given, [name]: next })}
            />
          )
        })}
        {row && <RelatedRows service={service} schema={schema} row={row} />}
      </DialogContent>
      <ConfirmDialog
        open={deleting}
        onOpenChange={setDeleting}
        title={text.deleteRows(1)}
        text={text.goneForGood}
        action={app.delete}
        onConfirm={async () => {
          await remove.mutateAsync([key])
          notify.done(text.deleted(1))
          onClose()
        }}
      />
    </Dialog>
  )
}

interface RowFieldProps {
  readonly field: TableField
  readonly value: string | null
  readonly disabled: boolean
  readonly problems: readonly string[] | undefined
  readonly onChange: (value: string | null) => void
}

const RowField = ({ field, value, disabled, problems, onChange }: RowFieldProps) => {
  const help = [field.description, field.auto_increment ? text.byDatabase : ''].filter(Boolean).join(' ')
  return (
    <Field
      label={field.label || calledOf(field)}
      required={field.required}
      problems={problems}
      help={help || undefined}
      aside={
        field.allow_null && (
          // biome-ignore lint/a11y/noLabelWithoutControl: the box inside is its control
          <label className="flex items-center gap-1.5 text-muted-foreground text-xs">
            <Checkbox
              checked={value === null}
              disabled={disabled}
              aria-label={`${calledOf(field)}: ${text.isNull}`}
              onCheckedChange={(checked) => onChange(checked === true ? null : '')}
            />
            {text.isNull}
          </label>
        )
      }
    >
      {(control) => <Value control={control} field={field} value={value} disabled={disabled} onChange={onChange} />}
    </Field>
  )
}

const Value = ({
  control,
  field,
  value,
  disabled,
  onChange,
}: Omit<RowFieldProps, 'problems'> & { readonly control: ControlProps }) => {
  const common = { ...control, disabled, value: value ?? '', placeholder: value === null ? text.nullValue : '' }
  const choices = field.type === 'boolean' ? ['true', 'false'] : field.picklist
  if (choices)
    return (
      <Select {...common} onChange={(event) => onChange(event.target.value)}>
        <option value="" />
        {choices.map((choice) => (
          <option key={choice}>{choice}</option>
        ))}
      </Select>
    )
  if (isLong(field)) return <Textarea {...common} onChange={(event) => onChange(event.target.value)} />
  return <Input {...common} onChange={(event) => onChange(event.target.value)} />
}

/** What other tables have of this row. */
const RelatedRows = ({
  service,
  schema,
  row,
}: {
  readonly service: string
  readonly schema: TableSchema
  readonly row: Row
}) => {
  const relations = schema.related.filter(
    ({ type, field }) => type !== 'many_many' && row[field] !== null && row[field] !== undefined,
  )
  if (relations.length === 0) return null
  return (
    <section className="grid gap-1.5" aria-label={text.related}>
      <h3 className="font-medium text-[0.8125rem]">{text.related}</h3>
      <ul className="flex flex-wrap gap-2">
        {relations.map((relation) => (
          <li key={relation.name}>
            <Button asChild variant="outline" size="sm">
              <Link
                to="/data/$service/$table"
                params={{ service: relation.ref_service ?? service, table: relation.ref_table }}
                search={{
                  filter: equalTo(
                    schema.field.find(({ name }) => name === relation.field),
                    relation.ref_field,
                    shown(row[relation.field]),
                  ),
                }}
              >
                {relation.label}
                <ArrowUpRight />
              </Link>
            </Button>
          </li>
        ))}
      </ul>
    </section>
  )
}
