import { useNavigate } from '@tanstack/react-router'
import { Plus, X } from 'lucide-react'
import { useState } from 'react'
import { useTables } from '../../../api/records.ts'
import { type NewField, useSchemaChanges } from '../../../api/schema-changes.ts'
import { Field } from '../../../components/field.tsx'
import { FormDialog } from '../../../components/form-dialog.tsx'
import { notify } from '../../../components/notify.ts'
import { Button } from '../../../components/ui/button.tsx'
import { Input } from '../../../components/ui/input.tsx'
import { app } from '../../../text/app.ts'
import { schemaText, data as text } from '../../../text/data.ts'
import { complete, FieldForm } from './field-form.tsx'

const FIRST: NewField = { name: 'name', type: 'string' }

export const NewTable = ({ service }: { readonly service: string }) => {
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button onClick={() => setOpen(true)}>
        <Plus />
        {schemaText.newTable}
      </Button>
      {open && <Form service={service} onClose={() => setOpen(false)} />}
    </>
  )
}

const Form = ({ service, onClose }: { readonly service: string; readonly onClose: () => void }) => {
  const [name, setName] = useState('')
  const [fields, setFields] = useState<readonly NewField[]>([FIRST])
  const { data: tables = [] } = useTables(service)
  const { createTable } = useSchemaChanges(service)
  const navigate = useNavigate()
  const save = async () => {
    const own = fields.filter((field) => field.name.trim() !== '').map(complete)
    await createTable.mutateAsync({ name: name.trim(), field: [{ name: 'id', type: 'id' }, ...own] })
    notify.done(schemaText.saved(name))
    await navigate({ to: '/data/$service/$table', params: { service, table: name.trim() }, search: {} })
  }
  return (
    <FormDialog
      title={schemaText.newTable}
      description={schemaText.newTableText}
      className="max-w-xl"
      action={app.create}
      isReady={name.trim() !== ''}
      onSubmit={save}
      onClose={onClose}
    >
      <Field label={text.name} required>
        {(control) => (
          <Input {...control} value={name} spellCheck={false} onChange={(event) => setName(event.target.value)} />
        )}
      </Field>
      <h3 className="font-medium text-[0.8125rem]">{schemaText.firstFields}</h3>
      {fields.map((field, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: names may be empty or the same while they are typed
        <div key={at} className="grid gap-2 rounded-lg border p-3">
          <FieldForm
            field={field}
            tables={tables.map((table) => table.name)}
            onChange={(changed) => setFields(fields.with(at, changed))}
          />
          <Button
            variant="ghost"
            size="sm"
            className="justify-self-end"
            onClick={() => setFields(fields.toSpliced(at, 1))}
          >
            <X />
            {app.delete}
          </Button>
        </div>
      ))}
      <Button
        variant="outline"
        size="sm"
        className="justify-self-start"
        onClick={() => setFields([...fields, { name: '', type: 'string', allow_null: true }])}
      >
        <Plus />
        {schemaText.addField}
      </Button>
    </FormDialog>
  )
}
