/** A choice among records, as a control of a form: its value is an id, or null. */
import { type Resource, useList } from '../api/resource.ts'
import { Field } from './field.tsx'
import type { CustomControlProps } from './schema-form/surroundings.ts'
import { Select } from './ui/input.tsx'

export interface RecordChoiceProps extends CustomControlProps {
  readonly of: Resource<{ readonly id: number; readonly name: string }>
  /** What stands for no record; without it, one has to be chosen. */
  readonly none?: string
}

export const RecordChoice = ({
  of,
  none = '',
  schema,
  value,
  onChange,
  problems,
  required,
  name,
}: RecordChoiceProps) => {
  const { data } = useList(of)
  return (
    <Field label={schema.title ?? name} help={schema.description} problems={problems} required={required}>
      {(control) => (
        <Select
          {...control}
          value={value === null || value === undefined ? '' : String(value)}
          onChange={(event) => onChange(event.target.value === '' ? null : Number(event.target.value))}
        >
          <option value="">{none}</option>
          {data?.resource.map((one) => (
            <option key={one.id} value={one.id}>
              {one.name}
            </option>
          ))}
        </Select>
      )}
    </Field>
  )
}
