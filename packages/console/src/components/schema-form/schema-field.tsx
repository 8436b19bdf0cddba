/** One property of a schema with the control that its kind asks for. */
import type { JsonSchema } from '../../api/types.ts'
import { forms } from '../../text/forms.ts'
import { CodeEditor } from '../code-editor.tsx'
import { codeLanguageIn } from '../code-language.ts'
import { Field } from '../field.tsx'
import { Input, Select, Textarea } from '../ui/input.tsx'
import { Switch } from '../ui/switch.tsx'
import { JsonControl, ListControl, MapControl } from './collection-controls.tsx'
import { ObjectControl, RowsControl } from './nested-controls.tsx'
import { defaultOf, kindOf, labelOf, shapeOf } from './schema.ts'
import { SecretControl } from './secret-control.tsx'
import { type SchemaFieldProps, useSurroundings } from './surroundings.ts'
import { numberIn } from './values.ts'

export const SchemaField = ({ name, path, schema: given, value, required, onChange }: SchemaFieldProps) => {
  const { root, problems, disabled } = useSurroundings()
  const shape = shapeOf(given, root)
  const kind = kindOf(given, root, value)
  const standard = defaultOf(given, root)
  const label = labelOf(name, shape)
  const about = {
    label,
    help: shape.description,
    problems: problems[path],
    required: required && standard === undefined,
  }
  /** What shows: what was said, or what is in force without. */
  const current = value === undefined ? standard : value
  const text = current === null || current === undefined ? '' : String(current)

  switch (kind) {
    case 'switch':
      return (
        <Field {...about} required={false} inline>
          {(control) => (
            <Switch {...control} checked={current === true} disabled={disabled} onCheckedChange={onChange} />
          )}
        </Field>
      )
    case 'choice':
      return (
        <Field {...about}>
          {(control) => (
            <Select
              {...control}
              disabled={disabled}
              value={text}
              onChange={({ target }) => onChange(chosen(shape, target.value))}
            >
              {(!required || standard === undefined) && !shape.enum?.includes('') && (
                <option value="">{required ? forms.choose : forms.unset}</option>
              )}
              {shape.enum?.map((one, at) => (
                <option key={String(one)} value={String(one)}>
                  {shape['x-enum-labels']?.[at] ?? (one === '' ? forms.unset : String(one))}
                </option>
              ))}
            </Select>
          )}
        </Field>
      )
    case 'integer':
    case 'number':
      return (
        <Field {...about}>
          {(control) => (
            <Input
              {...control}
              inputMode={kind === 'integer' ? 'numeric' : 'decimal'}
              className="tabular-nums"
              disabled={disabled}
              value={text}
              onChange={({ target }) => onChange(numberIn(target.value))}
            />
          )}
        </Field>
      )
    case 'secret':
      return <SecretControl about={about} value={value} disabled={disabled} onChange={onChange} />
    case 'long':
      return (
        <Field {...about}>
          {(control) => (
            <Textarea {...control} disabled={disabled} value={text} onChange={({ target }) => onChange(target.value)} />
          )}
        </Field>
      )
    case 'code':
      return (
        <Field {...about} group>
          {(control, labelId) => (
            <CodeEditor
              {...control}
              labelledBy={labelId}
              value={text}
              language={codeLanguageIn(shape.contentMediaType ?? '')}
              readOnly={disabled}
              onChange={onChange}
            />
          )}
        </Field>
      )
    case 'list':
      return <ListControl about={about} schema={shape} value={current} onChange={onChange} />
    case 'map':
      return <MapControl about={about} schema={shape} value={current} onChange={onChange} />
    case 'json':
      return <JsonControl about={about} value={current} onChange={onChange} />
    case 'rows':
      return <RowsControl about={about} path={path} schema={shape} value={current} onChange={onChange} />
    case 'object':
      return <ObjectControl about={about} path={path} schema={shape} value={value} onChange={onChange} />
    default:
      return (
        <Field {...about}>
          {(control) => (
            <Input
              {...control}
              type={shape.format === 'email' ? 'email' : 'text'}
              autoComplete="off"
              spellCheck={false}
              placeholder={shape.examples?.[0] === undefined ? undefined : String(shape.examples[0])}
              disabled={disabled}
              value={text}
              onChange={({ target }) => onChange(target.value)}
            />
          )}
        </Field>
      )
  }
}

const chosen = (shape: JsonSchema, text: string): unknown => {
  const found = shape.enum?.find((one) => String(one) === text)
  return found === undefined ? null : found
}
