/** The script itself, and the language that it is in. */
import { useScriptTypes } from '../../api/automation.ts'
import { CodeEditor } from '../../components/code-editor.tsx'
import { codeLanguageIn } from '../../components/code-language.ts'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Field } from '../../components/field.tsx'
import type { CustomControlProps } from '../../components/schema-form/surroundings.ts'
import { Select } from '../../components/ui/input.tsx'
import { eventScripts } from '../../text/automation.ts'

const { languages: text } = eventScripts

export const Language = ({ schema, value, onChange, problems, required }: CustomControlProps) => {
  const { data, error, refetch } = useScriptTypes()
  const chosen = data?.find(({ name }) => name === value)
  // The language of a stored script may not run on this host.
  const isKnown = value === undefined || value === null || value === '' || chosen !== undefined
  if (error) return <ErrorNotice error={error} title={text.failed} onRetry={() => void refetch()} />
  if (data?.length === 0 && isKnown)
    return <p className="rounded-lg bg-warning-soft px-3.5 py-3 text-warning">{text.none}</p>
  return (
    <Field
      label={schema.title}
      required={required}
      problems={problems}
      help={chosen && (chosen.isolation ?? (chosen.sandboxed ? text.sandboxed : text.open))}
    >
      {(control) => (
        <Select {...control} value={String(value ?? '')} onChange={({ target }) => onChange(target.value)}>
          <option value="">{text.choose}</option>
          {!isKnown && <option value={String(value)}>{String(value)}</option>}
          {data?.map(({ name, label }) => (
            <option key={name} value={name}>
              {label}
            </option>
          ))}
        </Select>
      )}
    </Field>
  )
}

export const Script = ({ schema, value, values, onChange, problems }: CustomControlProps) => {
  const { data } = useScriptTypes()
  const type = data?.find(({ name }) => name === values.type)
  return (
    <Field group label={schema.title} help={schema.description} problems={problems}>
      {(control, labelId) => (
        <CodeEditor
          {...control}
          labelledBy={labelId}
          value={String(value ?? '')}
          language={codeLanguageIn(type ? `${type.label} ${type.description}` : '')}
          minHeight="14rem"
          onChange={onChange}
        />
      )}
    </Field>
  )
}
