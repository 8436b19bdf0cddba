/** A relation of the API's own, also into another service. */
import { useState } from 'react'
import { calledOf, type TableSchema, useSchema, useTables } from '../../../api/records.ts'
import { useList } from '../../../api/resource.ts'
import { type NewRelation, useSchemaChanges } from '../../../api/schema-changes.ts'
import { isOwn, services } from '../../../api/services.ts'
import { ErrorNotice } from '../../../components/error-notice.tsx'
import { Field } from '../../../components/field.tsx'
import { FormDialog } from '../../../components/form-dialog.tsx'
import { NameChoice } from '../../../components/name-choice.tsx'
import { notify } from '../../../components/notify.ts'
import { Select } from '../../../components/ui/input.tsx'
import { app } from '../../../text/app.ts'
import { schemaText as text, data as words } from '../../../text/data.ts'

interface RelationDialogProps {
  readonly service: string
  readonly schema: TableSchema
  readonly onClose: () => void
}

const KINDS: readonly NewRelation['type'][] = ['has_many', 'has_one', 'belongs_to']

export const RelationDialog = ({ service, schema, onClose }: RelationDialogProps) => {
  const [type, setType] = useState<NewRelation['type']>('has_many')
  const [own, setOwn] = useState(schema.primary_key?.[0] ?? '')
  const [other, setOther] = useState({ service, table: '', field: '' })
  const { data: listed } = useList(services)
  const { data: tables = [], error: unlisted } = useTables(other.service)
  const { addRelation } = useSchemaChanges(service)
  const save = async () => {
    const id = listed?.resource.find(({ name }) => name === other.service)?.id
    await addRelation.mutateAsync({
      table: schema.name,
      relation: {
        type,
        field: own,
        ref_table: other.table,
        ref_field: other.field,
        ...(other.service !== service && id !== undefined && { ref_service_id: id }),
      },
    })
    notify.done(text.saved(other.table))
  }
  const names = listed?.resource.filter((one) => !isOwn(one)).map(({ name }) => name) ?? [service]
  return (
    <FormDialog
      title={text.addRelation}
      description={text.relationText}
      action={app.create}
      isReady={own !== '' && other.table !== '' && other.field !== ''}
      onSubmit={save}
      onClose={onClose}
    >
      <ErrorNotice error={unlisted} />
      <Choice
        label={words.kind}
        value={type}
        options={KINDS}
        shown={text.kinds}
        onChange={(next) => setType(next as never)}
      />
      <Choice label={text.ownField} value={own} options={schema.field.map(calledOf)} onChange={setOwn} />
      <Choice
        label={text.service}
        value={other.service}
        options={names}
        onChange={(next) => setOther({ service: next, table: '', field: '' })}
      />
      <Field label={text.otherTable}>
        {(control) => (
          <NameChoice
            {...control}
            value={other.table}
            names={tables.map(({ name }) => name)}
            onChange={(table) => setOther({ ...other, table, field: '' })}
          />
        )}
      </Field>
      {/* A name that is still being typed is none. */}
      {tables.some(({ name }) => name === other.table) && (
        <OtherField of={other} onChange={(field) => setOther({ ...other, field })} />
      )}
    </FormDialog>
  )
}

interface OtherFieldProps {
  readonly of: { readonly service: string; readonly table: string; readonly field: string }
  readonly onChange: (field: string) => void
}

const OtherField = ({ of, onChange }: OtherFieldProps) => {
  const { data: schema, error } = useSchema(of.service, of.table)
  return (
    <>
      <ErrorNotice error={error} />
      <Choice
        label={text.otherField}
        value={of.field}
        options={['', ...(schema?.field.map(calledOf) ?? [])]}
        onChange={onChange}
      />
    </>
  )
}

interface ChoiceProps {
  readonly label: string
  readonly value: string
  readonly options: readonly string[]
  readonly shown?: Readonly<Record<string, string>>
  readonly onChange: (value: string) => void
}

const Choice = ({ label, value, options, shown = {}, onChange }: ChoiceProps) => (
  <Field label={label}>
    {(control) => (
      <Select {...control} value={value} onChange={(event) => onChange(event.target.value)}>
        {options.map((option) => (
          <option key={option} value={option}>
            {shown[option] ?? option}
          </option>
        ))}
      </Select>
    )}
  </Field>
)
