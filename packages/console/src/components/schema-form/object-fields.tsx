/** The properties of one object, in two columns where there is room. */
import type { JsonSchema } from '../../api/types.ts'
import { cn } from '../ui/class-names.ts'
import { isShown, kindOf, type Values } from './schema.ts'
import { type CustomControls, useSurroundings } from './surroundings.ts'

export interface ObjectFieldsProps {
  readonly schema: JsonSchema
  readonly names: readonly string[]
  readonly values: Values
  readonly onChange: (values: Values) => void
  /** Path of the object, ending in a dot; empty at the top. */
  readonly prefix: string
  readonly controls?: CustomControls
}

/** Controls that need the whole width. */
const WIDE = new Set(['long', 'code', 'rows', 'object', 'map', 'json', 'list'])

export const ObjectFields = ({ schema, names, values, onChange, prefix, controls = {} }: ObjectFieldsProps) => {
  const { root, problems, Field } = useSurroundings()
  return (
    <div className="grid gap-x-5 gap-y-4 sm:grid-cols-2">
      {names.map((name) => {
        const one = schema.properties![name]!
        if (!isShown(one, values)) return null
        const Custom = controls[name]
        const props = {
          name,
          schema: one,
          value: values[name],
          required: schema.required?.includes(name) ?? false,
          onChange: (value: unknown) => onChange({ ...values, [name]: value }),
        }
        const kind = kindOf(one, root, values[name])
        // A number with a control of its own stands for a record that is chosen.
        const wide = (Custom && kind !== 'integer') || WIDE.has(kind) || names.length === 1
        return (
          <div key={name} className={cn('min-w-0', wide && 'sm:col-span-2')}>
            {Custom ? (
              <Custom {...props} values={values} problems={problems[prefix + name] ?? []} />
            ) : (
              <Field {...props} path={prefix + name} />
            )}
          </div>
        )
      })}
    </div>
  )
}
