/** How a table is made: its fields and relations, what the API calls them, and what may be done to them. */
import { useNavigate } from '@tanstack/react-router'
import { Pencil, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { calledOf, type Relation, type TableField, type TableSchema, useTables } from '../../../api/records.ts'
import { type NewField, useSchemaChanges } from '../../../api/schema-changes.ts'
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx'
import { type Column, DataTable } from '../../../components/data-table.tsx'
import { FormDialog } from '../../../components/form-dialog.tsx'
import { notify } from '../../../components/notify.ts'
import { Badge } from '../../../components/ui/badge.tsx'
import { Button } from '../../../components/ui/button.tsx'
import { app } from '../../../text/app.ts'
import { schemaText as text, data as words } from '../../../text/data.ts'
import { ExtrasDialog } from './extras-dialog.tsx'
import { complete, FieldForm } from './field-form.tsx'
import { RelationDialog } from './relation-dialog.tsx'

interface StructureProps {
  readonly service: string
  readonly schema: TableSchema
}

type Doing =
  | { readonly kind: 'add-field' | 'add-relation' | 'drop-table' }
  | { readonly kind: 'edit-field' | 'drop-field'; readonly field: TableField }
  | { readonly kind: 'drop-relation'; readonly relation: Relation }

export const Structure = ({ service, schema }: StructureProps) => {
  const [doing, setDoing] = useState<Doing>()
  const done = () => setDoing(undefined)
  const mayChange = !schema.is_view
  return (
    <div className="grid min-w-0 gap-6">
      <section className="grid min-w-0 gap-3" aria-label={text.fields}>
        <h2 className="font-semibold text-[0.9375rem]">{text.fields}</h2>
        <DataTable
          label={text.fields}
          columns={FIELD_COLUMNS}
          rows={schema.field}
          pageSize={0}
          idOf={({ name }) => name}
          nameOf={({ name }) => name}
          toolbar={
            mayChange && (
              <Button variant="outline" onClick={() => setDoing({ kind: 'add-field' })}>
                <Plus />
                {text.addField}
              </Button>
            )
          }
          actions={(field) => (
            <>
              <Button
                variant="ghost"
                size="icon-sm"
                aria-label={`${app.edit}: ${field.name}`}
                onClick={() => setDoing({ kind: 'edit-field', field })}
              >
                <Pencil />
              </Button>
              {mayChange && !field.is_primary_key && (
                <Button
                  variant="ghost"
                  size="icon-sm"
                  aria-label={`${app.delete}: ${field.name}`}
                  onClick={() => setDoing({ kind: 'drop-field', field })}
                >
                  <Trash2 />
                </Button>
              )}
            </>
          )}
        />
      </section>
      <section className="grid min-w-0 gap-3" aria-label={text.relations}>
        <h2 className="font-semibold text-[0.9375rem]">{text.relations}</h2>
        <DataTable
          label={text.relations}
          columns={RELATION_COLUMNS}
          rows={schema.related}
          pageSize={0}
          idOf={({ name }) => name}
          nameOf={({ name }) => name}
          toolbar={
            <Button variant="outline" onClick={() => setDoing({ kind: 'add-relation' })}>
              <Plus />
              {text.addRelation}
            </Button>
          }
          actions={(relation) =>
            relation.is_virtual && (
              <Button
                variant="ghost"
                size="icon-sm"
                aria-label={`${app.delete}: ${relation.name}`}
                onClick={() => setDoing({ kind: 'drop-relation', relation })}
              >
                <Trash2 />
              </Button>
            )
          }
        />
      </section>
      {mayChange && (
        <Button
          variant="outline"
          className="justify-self-start text-danger"
          onClick={() => setDoing({ kind: 'drop-table' })}
        >
          <Trash2 />
          {text.dropTable}
        </Button>
      )}
      {doing?.kind === 'add-field' && <AddField service={service} schema={schema} onClose={done} />}
      {doing?.kind === 'add-relation' && <RelationDialog service={service} schema={schema} onClose={done} />}
      {doing?.kind === 'edit-field' && (
        <ExtrasDialog service={service} schema={schema} field={doing.field} onClose={done} />
      )}
      <Drops service={service} schema={schema} doing={doing} onClose={done} />
    </div>
  )
}

const Drops = ({
  service,
  schema,
  doing,
  onClose,
}: StructureProps & { doing: Doing | undefined; onClose: () => void }) => {
  const { dropField, dropRelation, dropTable } = useSchemaChanges(service)
  const navigate = useNavigate()
  const table = schema.name
  const common = { onOpenChange: (open: boolean) => !open && onClose(), action: app.delete }
  const said = async (work: Promise<unknown>, name: string) => {
    await work
    notify.done(text.dropped(name))
  }
  if (doing?.kind === 'drop-field') {
    const { name } = doing.field
    return (
      <ConfirmDialog
        {...common}
        open
        title={text.dropField(name)}
        consequences={text.dropFieldGoes}
        onConfirm={() => said(dropField.mutateAsync({ table, name }), name)}
      />
    )
  }
  if (doing?.kind === 'drop-relation') {
    const { name } = doing.relation
    return (
      <ConfirmDialog
        {...common}
        open
        title={text.dropRelation(name)}
        onConfirm={() => said(dropRelation.mutateAsync({ table, name }), name)}
      />
    )
  }
  if (doing?.kind !== 'drop-table') return null
  return (
    <ConfirmDialog
      {...common}
      open
      title={text.dropTableAsk(table)}
      text={words.goneForGood}
      consequences={text.dropTableGoes}
      typed={table}
      onConfirm={async () => {
        await said(dropTable.mutateAsync(table), table)
        await navigate({ to: '/data/$service', params: { service } })
      }}
    />
  )
}

const FIRST: NewField = { name: '', type: 'string', allow_null: true }

const AddField = ({ service, schema, onClose }: StructureProps & { readonly onClose: () => void }) => {
  const [field, setField] = useState(FIRST)
  const { data: tables = [] } = useTables(service)
  const { addField } = useSchemaChanges(service)
  const save = async () => {
    await addField.mutateAsync({ table: schema.name, field: complete(field) })
    notify.done(text.saved(field.name))
  }
  return (
    <FormDialog
      title={text.addField}
      className="max-w-xl"
      action={app.create}
      isReady={field.name.trim() !== ''}
      onSubmit={save}
      onClose={onClose}
    >
      <FieldForm field={field} tables={tables.map(({ name }) => name)} onChange={setField} />
    </FormDialog>
  )
}

const defaultText = (value: unknown): string =>
  value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value)

const FIELD_COLUMNS: readonly Column<TableField>[] = [
  {
    id: 'name',
    header: words.name,
    value: ({ name }) => name,
    className: 'font-medium',
    cell: (field) => (
      <span className="flex flex-wrap items-center gap-1.5">
        {field.name}
        {field.is_primary_key && <Badge tone="primary">{words.key}</Badge>}
        {field.is_virtual && <Badge>{text.virtual}</Badge>}
      </span>
    ),
  },
  { id: 'api', header: text.apiName, value: (field) => (field.alias ? calledOf(field) : ''), from: 'md' },
  { id: 'type', header: text.type, value: ({ type, db_type }) => db_type ?? type },
  { id: 'null', header: text.null, value: ({ allow_null }) => allow_null, from: 'sm' },
  { id: 'default', header: text.default, value: (field) => defaultText(field.default), from: 'md' },
  {
    id: 'reference',
    header: text.reference,
    value: ({ ref_table, ref_field }) => (ref_table ? `${ref_table}.${ref_field}` : ''),
    from: 'sm',
  },
  { id: 'validation', header: text.validation, value: ({ validation }) => defaultText(validation), from: 'lg' },
]

const RELATION_COLUMNS: readonly Column<Relation>[] = [
  {
    id: 'name',
    header: words.name,
    value: calledOf,
    className: 'font-medium',
    cell: (relation) => (
      <span className="flex flex-wrap items-center gap-1.5">
        {calledOf(relation)}
        {relation.is_virtual && <Badge>{text.virtual}</Badge>}
      </span>
    ),
  },
  { id: 'kind', header: words.kind, value: ({ type }) => text.kinds[type] ?? type },
  {
    id: 'to',
    header: text.reference,
    value: ({ ref_service, ref_table, ref_field }) =>
      `${ref_service ? `${ref_service}: ` : ''}${ref_table}.${ref_field}`,
  },
  { id: 'field', header: text.ownField, value: ({ field }) => field, from: 'sm' },
]
