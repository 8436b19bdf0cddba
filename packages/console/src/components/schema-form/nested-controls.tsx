/** Objects inside objects, and lists of objects. */
import { Plus } from 'lucide-react'
import type { JsonSchema } from '../../api/types.ts'
import { forms } from '../../text/forms.ts'
import { type FieldProps, Help } from '../field.tsx'
import { Button } from '../ui/button.tsx'
import { AddItem, RemoveItem } from './item-buttons.tsx'
import { ObjectFields } from './object-fields.tsx'
import { labelOf, shapeOf, type Values } from './schema.ts'
import { useSurroundings } from './surroundings.ts'

export interface NestedProps {
  readonly about: Omit<FieldProps, 'children'>
  readonly path: string
  readonly schema: JsonSchema
  readonly value: unknown
  readonly onChange: (value: unknown) => void
}

const Legend = ({ about: { label, help, problems = [] } }: Pick<NestedProps, 'about'>) => (
  <>
    <legend className="float-left font-medium text-[0.8125rem]">{label}</legend>
    <div className="clear-both grid gap-1">
      {help && (
        <p className="text-muted-foreground text-xs leading-relaxed">
          <Help text={help} />
        </p>
      )}
      {[problems].flat().length > 0 && <p className="text-danger text-xs">{[problems].flat().join(' ')}</p>}
    </div>
  </>
)

/** Fields that rows keep from where they were stored; nobody has to see them. */
const KEPT = new Set(['id', 'service_id'])
const namesOf = ({ properties = {} }: JsonSchema): readonly string[] =>
  Object.keys(properties).filter((name) => !KEPT.has(name))

/** Left out unless it is set up, where it has no default: an empty object may be none that is allowed. */
export const ObjectControl = ({ about, path, schema, value, onChange }: NestedProps) => {
  const { disabled } = useSurroundings()
  const label = String(about.label)
  const values = (value ?? schema.default) as Values | undefined | null
  const isOptional = !about.required && schema.default === undefined
  return (
    <fieldset className="grid gap-2 rounded-lg border p-4">
      <Legend about={about} />
      {values ? (
        <div className="mt-2 grid gap-4">
          <ObjectFields
            schema={schema}
            names={namesOf(schema)}
            values={values}
            prefix={`${path}.`}
            onChange={onChange}
          />
          {isOptional && !disabled && (
            <Button variant="outline" size="sm" className="w-fit" onClick={() => onChange(null)}>
              {forms.discard(label)}
            </Button>
          )}
        </div>
      ) : (
        <Button variant="outline" size="sm" className="mt-1 w-fit" disabled={disabled} onClick={() => onChange({})}>
          <Plus />
          {forms.configure(label)}
        </Button>
      )}
    </fieldset>
  )
}

export const RowsControl = ({ about, path, schema, value, onChange }: NestedProps) => {
  const { root } = useSurroundings()
  const inner = shapeOf(schema.items!, root)
  const rows = Array.isArray(value) ? (value as readonly Values[]) : []
  const label = String(about.label)
  return (
    <fieldset className="grid gap-2 rounded-lg border p-4">
      <Legend about={about} />
      {rows.map((row, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other identity than their place
        <div key={at} className="mt-1 grid gap-3 border-t pt-3">
          <div className="flex items-center justify-between">
            <span className="font-medium text-muted-foreground text-xs">
              {labelOf(label, inner)} {at + 1}
            </span>
            <RemoveItem group label={label} at={at} onClick={() => onChange(rows.toSpliced(at, 1))} />
          </div>
          <ObjectFields
            schema={inner}
            names={namesOf(inner)}
            values={row}
            prefix={`${path}.${at}.`}
            onChange={(next) => onChange(rows.with(at, next))}
          />
        </div>
      ))}
      <AddItem label={label} onClick={() => onChange([...rows, {}])} />
    </fieldset>
  )
}
