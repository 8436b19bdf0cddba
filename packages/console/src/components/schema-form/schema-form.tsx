/**
 * A form drawn from a JSON Schema. It holds nothing: values come in and go out whole, so that it stands in any form
 * library, and problems come in by path, whoever found them.
 */
import { ChevronRight } from 'lucide-react'
import { type ReactNode, useId, useMemo, useState } from 'react'
import type { JsonSchema } from '../../api/types.ts'
import { forms } from '../../text/forms.ts'
import { Badge } from '../ui/badge.tsx'
import { cn } from '../ui/class-names.ts'
import { ObjectFields } from './object-fields.tsx'
import type { Problems } from './problems.ts'
import { groupsOf, type Values } from './schema.ts'
import { SchemaField } from './schema-field.tsx'
import { type CustomControls, Surroundings, useSurroundings } from './surroundings.ts'

export interface SchemaFormProps {
  /** Of an object. */
  readonly schema: JsonSchema
  readonly values: Values
  readonly onChange: (values: Values) => void
  readonly problems?: Problems
  /** By the name of the property, at the top level. */
  readonly controls?: CustomControls
  readonly disabled?: boolean
}

export const SchemaForm = ({
  schema,
  values,
  onChange,
  problems = {},
  controls = {},
  disabled = false,
}: SchemaFormProps) => {
  const surroundings = useMemo(
    () => ({ root: schema, problems, disabled, Field: SchemaField }),
    [schema, problems, disabled],
  )
  return (
    <Surroundings.Provider value={surroundings}>
      <div className="grid gap-5">
        {groupsOf(schema, schema, forms.more).map(({ label = '', names }) => (
          <Group key={label} label={label} names={names} values={values} schema={schema}>
            <ObjectFields
              schema={schema}
              names={names}
              values={values}
              onChange={onChange}
              prefix=""
              controls={controls}
            />
          </Group>
        ))}
      </div>
    </Surroundings.Provider>
  )
}

interface GroupProps {
  /** Empty: always shown. */
  readonly label: string
  readonly names: readonly string[]
  readonly schema: JsonSchema
  readonly values: Values
  readonly children: ReactNode
}

const Group = (props: GroupProps) => (props.label === '' ? props.children : <Folded {...props} />)

/** A group behind its heading; it opens by itself where something in it is wrong. */
const Folded = ({ label, names, schema, values, children }: GroupProps) => {
  const { problems } = useSurroundings()
  const id = useId()
  const [isOpen, setOpen] = useState(false)
  const wrong = names.some((name) => Object.keys(problems).some((path) => path === name || path.startsWith(`${name}.`)))
  const open = isOpen || wrong
  const changed = names.filter((name) => {
    const value = values[name]
    const same = JSON.stringify(value) === JSON.stringify(schema.properties?.[name]?.default)
    return value !== undefined && value !== null && value !== '' && !same
  }).length
  return (
    <div className="rounded-lg border">
      <h3>
        <button
          type="button"
          aria-expanded={open}
          aria-controls={id}
          className="flex w-full items-center gap-2 rounded-lg px-4 py-3 text-left font-medium hover:bg-hover/60 focus-visible:outline-offset-[-2px]"
          onClick={() => setOpen(!open)}
        >
          <ChevronRight
            aria-hidden
            className={cn('size-4 text-muted-foreground transition-transform', open && 'rotate-90')}
          />
          {label}
          <span className="font-normal text-muted-foreground text-xs">{forms.moreCount(names.length)}</span>
          {changed > 0 && <Badge tone="primary">{forms.changed(changed)}</Badge>}
        </button>
      </h3>
      {open && (
        <div id={id} className="border-t p-4">
          {children}
        </div>
      )}
    </div>
  )
}
