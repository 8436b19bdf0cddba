/**
 * A form drawn from a JSON Schema. It holds nothing: values come in and go out whole, so that it stands in any form
 * library, and problems come in by path, whoever found them.
 */
import { ChevronRight } from 'lucide-react'
import { type ComponentType, createContext, useContext, useId, useMemo, useState } from 'react'
import type { JsonSchema } from '../../api/types.ts'
import { forms } from '../../text/forms.ts'
import { Badge } from '../ui/badge.tsx'
import { cn } from '../ui/class-names.ts'
import type { Problems } from './problems.ts'
import { groupsOf, isShown, kindOf, type Values } from './schema.ts'
import { SchemaField } from './schema-field.tsx'

/** A control of one's own for a property. */
export interface CustomControlProps {
  readonly name: string
  readonly schema: JsonSchema
  readonly value: unknown
  readonly values: Values
  readonly onChange: (value: unknown) => void
  readonly problems: readonly string[]
  readonly required: boolean
}
export type CustomControls = Readonly<Record<string, ComponentType<CustomControlProps>>>

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

interface Surroundings {
  readonly root: JsonSchema
  readonly problems: Problems
  readonly disabled: boolean
}
const Context = createContext<Surroundings>({ root: {}, problems: {}, disabled: false })
export const useSurroundings = () => useContext(Context)

export const SchemaForm = ({ schema, values, onChange, problems = {}, controls = {}, disabled = false }: SchemaFormProps) => {
  const surroundings = useMemo(() => ({ root: schema, problems, disabled }), [schema, problems, disabled])
  return (
    <Context.Provider value={surroundings}>
      <div className="grid gap-5">
        {groupsOf(schema, schema, forms.more).map((group) => {
          const fields = (
            <ObjectFields schema={schema} names={group.names} values={values} onChange={onChange} prefix="" controls={controls} />
          )
          return group.label === undefined ? (
            <div key="">{fields}</div>
          ) : (
            <Folded key={group.label} label={group.label} names={group.names} values={values} schema={schema}>
              {fields}
            </Folded>
          )
        })}
      </div>
    </Context.Provider>
  )
}

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

/** The properties of one object, in two columns where there is room. */
export const ObjectFields = ({ schema, names, values, onChange, prefix, controls = {} }: ObjectFieldsProps) => {
  const { root, problems } = useSurroundings()
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
        const wide = Custom || WIDE.has(kindOf(one, root, values[name])) || names.length === 1
        return (
          <div key={name} className={cn('min-w-0', wide && 'sm:col-span-2')}>
            {Custom ? (
              <Custom {...props} values={values} problems={problems[prefix + name] ?? []} />
            ) : (
              <SchemaField {...props} path={prefix + name} />
            )}
          </div>
        )
      })}
    </div>
  )
}

interface FoldedProps {
  readonly label: string
  readonly names: readonly string[]
  readonly schema: JsonSchema
  readonly values: Values
  readonly children: React.ReactNode
}

/** A group behind its heading; it opens by itself where something in it is wrong. */
const Folded = ({ label, names, schema, values, children }: FoldedProps) => {
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
          <ChevronRight aria-hidden className={cn('size-4 text-muted-foreground transition-transform', open && 'rotate-90')} />
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
