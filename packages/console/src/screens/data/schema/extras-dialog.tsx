/** What the API keeps of a field beside the database: another name, a label, and what it refuses. */
import { useState } from 'react'
import type { TableField, TableSchema } from '../../../api/records.ts'
import { useSchemaChanges } from '../../../api/schema-changes.ts'
import { Field } from '../../../components/field.tsx'
import { FormDialog } from '../../../components/form-dialog.tsx'
import { notify } from '../../../components/notify.ts'
import { Input, Textarea } from '../../../components/ui/input.tsx'
import { app } from '../../../text/app.ts'
import { schemaText as text, data as words } from '../../../text/data.ts'

interface ExtrasDialogProps {
  readonly service: string
  readonly schema: TableSchema
  readonly field: TableField
  readonly onClose: () => void
}

/** @returns the value, or that there is none; `undefined` where the text is no JSON */
const jsonIn = (given: string): { readonly value: unknown } | undefined => {
  if (given.trim() === '') return { value: null }
  try {
    return { value: JSON.parse(given) }
  } catch {
    return undefined
  }
}

export const ExtrasDialog = ({ service, schema, field, onClose }: ExtrasDialogProps) => {
  const [alias, setAlias] = useState(field.alias ?? '')
  const [label, setLabel] = useState(field.label)
  const [description, setDescription] = useState(field.description ?? '')
  const [validation, setValidation] = useState(field.validation ? JSON.stringify(field.validation, null, 2) : '')
  const { changeField } = useSchemaChanges(service)
  const rules = jsonIn(validation)
  const save = async () => {
    await changeField.mutateAsync({
      table: schema.name,
      name: field.name,
      extras: { alias: alias || null, label, description: description || null, validation: rules?.value },
    })
    notify.done(text.saved(field.name))
  }
  return (
    <FormDialog
      title={text.editField(field.name)}
      action={app.save}
      isReady={rules !== undefined}
      onSubmit={save}
      onClose={onClose}
    >
      <Field label={text.apiName} help={text.aliasHelp} optional>
        {(control) => (
          <Input
            {...control}
            value={alias}
            placeholder={field.name}
            spellCheck={false}
            onChange={(event) => setAlias(event.target.value)}
          />
        )}
      </Field>
      <Field label={words.label}>
        {(control) => <Input {...control} value={label} onChange={(event) => setLabel(event.target.value)} />}
      </Field>
      <Field label={text.description} optional>
        {(control) => (
          <Textarea {...control} value={description} onChange={(event) => setDescription(event.target.value)} />
        )}
      </Field>
      <Field label={text.validation} help={text.validationHelp} problems={rules ? undefined : text.notJson} optional>
        {(control) => (
          <Textarea
            {...control}
            className="font-mono text-xs"
            value={validation}
            spellCheck={false}
            onChange={(event) => setValidation(event.target.value)}
          />
        )}
      </Field>
    </FormDialog>
  )
}
