/** Lists of texts, names with values, and whatever only JSON can say. */
import { useId, useState } from 'react'
import type { JsonSchema } from '../../api/types.ts'
import { forms } from '../../text/forms.ts'
import { CodeEditor } from '../code-editor.tsx'
import { Field, type FieldProps } from '../field.tsx'
import { Checkbox } from '../ui/checkbox.tsx'
import { Input } from '../ui/input.tsx'
import { AddItem, RemoveItem } from './item-buttons.tsx'
import { kindOf, shapeOf } from './schema.ts'
import { useSurroundings } from './surroundings.ts'
import { BrokenJson, numberIn } from './values.ts'

export interface CollectionProps {
  readonly about: Omit<FieldProps, 'children'>
  readonly schema: JsonSchema
  readonly value: unknown
  readonly onChange: (value: unknown) => void
}

export const ListControl = ({ about, schema, value, onChange }: CollectionProps) => {
  const { root, disabled } = useSurroundings()
  const items = Array.isArray(value) ? value : []
  const inner = schema.items ? shapeOf(schema.items, root) : { type: 'string' }
  const label = String(about.label)
  const replaced = (at: number, one: unknown) => onChange(items.with(at, one))
  if (inner.enum) return <ManyControl about={about} choices={inner.enum} items={items} onChange={onChange} />
  const isNumber = inner.type === 'integer' || inner.type === 'number'
  return (
    <Field {...about} group>
      {(control, labelId) => (
        <fieldset className="grid gap-2" aria-labelledby={labelId}>
          {items.map((one, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: texts have no other identity than their place
            <div key={at} className="flex gap-2">
              <Input
                {...(at === 0 && control)}
                aria-label={`${label} ${at + 1}`}
                disabled={disabled}
                value={String(one ?? '')}
                onChange={({ target }) => replaced(at, isNumber ? numberIn(target.value) : target.value)}
              />
              <RemoveItem label={label} at={at} onClick={() => onChange(items.toSpliced(at, 1))} />
            </div>
          ))}
          <AddItem label={label} onClick={() => onChange([...items, ''])} />
        </fieldset>
      )}
    </Field>
  )
}

interface ManyProps {
  readonly about: Omit<FieldProps, 'children'>
  readonly choices: readonly unknown[]
  readonly items: readonly unknown[]
  readonly onChange: (value: unknown) => void
}

const ManyControl = ({ about, choices, items, onChange }: ManyProps) => {
  const { disabled } = useSurroundings()
  const id = useId()
  return (
    <Field {...about} group>
      {(control, labelId) => (
        <fieldset className="flex flex-wrap gap-x-5 gap-y-2" aria-labelledby={labelId}>
          {choices.map((one, at) => (
            <div key={String(one)} className="flex items-center gap-2">
              <Checkbox
                id={at === 0 ? control.id : `${id}${at}`}
                disabled={disabled}
                checked={items.includes(one)}
                onCheckedChange={(on) =>
                  onChange(
                    on === true
                      ? choices.filter((other) => other === one || items.includes(other))
                      : items.filter((other) => other !== one),
                  )
                }
              />
              <label htmlFor={at === 0 ? control.id : `${id}${at}`}>{String(one)}</label>
            </div>
          ))}
        </fieldset>
      )}
    </Field>
  )
}

type Pair = readonly [name: string, value: unknown]

/** Numbers and booleans that are typed into a map stay what they were. */
const mapValue = (text: string, schema: JsonSchema, before: unknown): unknown => {
  if (schema.type === 'integer' || schema.type === 'number') return numberIn(text)
  if (typeof before === 'number' && text.trim() !== '' && !Number.isNaN(Number(text))) return Number(text)
  if (schema.type === 'boolean' || (typeof before === 'boolean' && /^(true|false)$/.test(text))) return text === 'true'
  return text
}

export const MapControl = ({ about, schema, value, onChange }: CollectionProps) => {
  const { root, disabled } = useSurroundings()
  // Names may be the same, or empty, while they are typed: the pairs are kept beside the value.
  const [pairs, setPairs] = useState<readonly Pair[]>(() => Object.entries((value ?? {}) as object))
  const inner = typeof schema.additionalProperties === 'object' ? shapeOf(schema.additionalProperties, root) : {}
  const isSecret = kindOf(inner, root) === 'secret'
  const label = String(about.label)
  const change = (next: readonly Pair[]) => {
    setPairs(next)
    onChange(Object.fromEntries(next.filter(([name]) => name !== '')))
  }
  return (
    <Field {...about} group>
      {(control, labelId) => (
        <fieldset className="grid gap-2" aria-labelledby={labelId}>
          {pairs.map(([name, one], at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: names change while they are typed
            <div key={at} className="flex gap-2">
              <Input
                {...(at === 0 && control)}
                className="max-w-[45%] flex-1"
                aria-label={`${label}: ${forms.key} ${at + 1}`}
                placeholder={forms.key}
                disabled={disabled}
                value={name}
                onChange={({ target }) => change(pairs.with(at, [target.value, one]))}
              />
              <Input
                className="flex-1"
                type={isSecret ? 'password' : 'text'}
                autoComplete="off"
                aria-label={`${label}: ${forms.value} ${at + 1}`}
                placeholder={forms.value}
                disabled={disabled}
                value={String(one ?? '')}
                onChange={({ target }) => change(pairs.with(at, [name, mapValue(target.value, inner, one)]))}
              />
              <RemoveItem label={label} at={at} onClick={() => change(pairs.toSpliced(at, 1))} />
            </div>
          ))}
          <AddItem label={label} onClick={() => change([...pairs, ['', '']])} />
        </fieldset>
      )}
    </Field>
  )
}

export const JsonControl = ({ about, value, onChange }: Omit<CollectionProps, 'schema'>) => {
  const { disabled } = useSurroundings()
  const [text, setText] = useState(() =>
    value instanceof BrokenJson
      ? value.text
      : value === undefined || value === null
        ? ''
        : JSON.stringify(value, null, 2),
  )
  const change = (next: string) => {
    setText(next)
    if (next.trim() === '') return onChange(null)
    try {
      onChange(JSON.parse(next))
    } catch {
      onChange(new BrokenJson(next))
    }
  }
  return (
    <Field {...about} group>
      {(control, labelId) => (
        <CodeEditor
          {...control}
          labelledBy={labelId}
          language="json"
          value={text}
          minHeight="4rem"
          readOnly={disabled}
          onChange={change}
        />
      )}
    </Field>
  )
}
