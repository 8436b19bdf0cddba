/** The few things that a new field needs. */
import type { NewField } from '../../../api/schema-changes.ts'
import { Field } from '../../../components/field.tsx'
import { NameChoice } from '../../../components/name-choice.tsx'
import { Checkbox } from '../../../components/ui/checkbox.tsx'
import { Input, Select } from '../../../components/ui/input.tsx'
import { schemaText, data as text } from '../../../text/data.ts'
import { FIELD_TYPES } from './types.ts'

interface FieldFormProps {
  readonly field: NewField
  readonly tables: readonly string[]
  readonly onChange: (field: NewField) => void
}

export const FieldForm = ({ field, tables, onChange }: FieldFormProps) => {
  const set = (changed: Partial<NewField>) => onChange({ ...field, ...changed })
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Field label={text.name} required>
        {(control) => (
          <Input
            {...control}
            value={field.name}
            spellCheck={false}
            onChange={(event) => set({ name: event.target.value })}
          />
        )}
      </Field>
      <Field label={schemaText.type}>
        {(control) => (
          <Select {...control} value={field.type} onChange={(event) => set({ type: event.target.value })}>
            {FIELD_TYPES.map((type) => (
              <option key={type}>{type}</option>
            ))}
          </Select>
        )}
      </Field>
      {field.type === 'reference' && (
        <>
          <Field label={schemaText.otherTable} required>
            {(control) => (
              <NameChoice
                {...control}
                names={tables}
                value={field.ref_table ?? ''}
                onChange={(table) => set({ ref_table: table })}
              />
            )}
          </Field>
          <Field label={schemaText.otherField} required>
            {(control) => (
              <Input
                {...control}
                value={field.ref_field ?? 'id'}
                onChange={(event) => set({ ref_field: event.target.value })}
              />
            )}
          </Field>
        </>
      )}
      {field.type === 'string' && (
        <Field label={schemaText.length} optional>
          {(control) => (
            <Input
              {...control}
              inputMode="numeric"
              value={field.length ?? ''}
              onChange={(event) => {
                const { length: _, ...others } = field
                const length = Number(event.target.value)
                onChange(Number.isInteger(length) && length > 0 ? { ...others, length } : others)
              }}
            />
          )}
        </Field>
      )}
      <div className="flex items-end gap-5 pb-2">
        <Field label={schemaText.null} inline>
          {({ id }) => (
            <Checkbox
              id={id}
              checked={field.allow_null ?? false}
              onCheckedChange={(on) => set({ allow_null: on === true })}
            />
          )}
        </Field>
        <Field label={schemaText.unique} inline>
          {({ id }) => (
            <Checkbox
              id={id}
              checked={field.is_unique ?? false}
              onCheckedChange={(on) => set({ is_unique: on === true })}
            />
          )}
        </Field>
      </div>
    </div>
  )
}

/** As it is sent: a reference says what to. */
export const complete = (field: NewField): NewField =>
  field.type === 'reference' ? { ...field, ref_field: field.ref_field ?? 'id' } : field
