/** What is sent with a call: an example of it to begin with, or the bytes of a file where any are taken. */
import type { ApiDocument, Operation } from '../../api/docs.ts'
import { CodeEditor } from '../../components/code-editor.tsx'
import { Field } from '../../components/field.tsx'
import { Input, Select } from '../../components/ui/input.tsx'
import { apiDocs, trial as text } from '../../text/api-docs.ts'
import { bodyOf } from './call.ts'
import { exampleOf } from './schema-shape.ts'

export interface BodyValue {
  readonly type: string
  readonly text: string
  /** Instead of the text. */
  readonly file?: File | undefined
}

const ANY = '*/*'
const JSON_TYPE = 'application/json'
/** What is offered where anything is taken. */
const OFFERED = ['text/plain', JSON_TYPE, 'application/octet-stream'] as const

const typesOf = (document: ApiDocument, operation: Operation): readonly string[] => {
  const types = Object.keys(bodyOf(document, operation)?.content ?? {})
  return types.includes(ANY) ? [...types.filter((type) => type !== ANY), ...OFFERED] : types
}

const exampleText = (document: ApiDocument, operation: Operation, type: string): string => {
  const body = bodyOf(document, operation)
  const schema = body?.content?.[type]?.schema
  // What may be left out is, until someone fills it in.
  if (type !== JSON_TYPE || !schema || !body?.required) return ''
  return JSON.stringify(exampleOf(document, schema), null, 2)
}

/** @returns nothing for a call that takes no body */
export const firstBody = (document: ApiDocument, operation: Operation): BodyValue | undefined => {
  const types = typesOf(document, operation)
  const type = types.find((one) => one === JSON_TYPE) ?? types[0]
  return type === undefined ? undefined : { type, text: exampleText(document, operation, type) }
}

interface BodyFieldProps {
  readonly document: ApiDocument
  readonly operation: Operation
  readonly value: BodyValue
  readonly onChange: (value: BodyValue) => void
}

export const BodyField = ({ document, operation, value, onChange }: BodyFieldProps) => {
  const types = typesOf(document, operation)
  const takesFiles = bodyOf(document, operation)?.content?.[ANY] !== undefined
  return (
    <div className="grid min-w-0 gap-3">
      <Field
        label={text.body}
        aside={
          <Select
            aria-label={apiDocs.contentType}
            className="h-8 w-auto text-xs"
            value={value.type}
            onChange={({ target: { value: type } }) =>
              onChange({ ...value, type, text: value.text || exampleText(document, operation, type) })
            }
          >
            {types.map((type) => (
              <option key={type}>{type}</option>
            ))}
          </Select>
        }
      >
        {(control) => (
          <CodeEditor
            {...control}
            label={text.body}
            language={value.type === JSON_TYPE ? 'json' : 'text'}
            value={value.text}
            minHeight="6rem"
            maxHeight="24rem"
            onChange={(typed) => onChange({ ...value, text: typed })}
          />
        )}
      </Field>
      {takesFiles && (
        <Field label={text.file}>
          {(control) => (
            <Input
              {...control}
              type="file"
              className="py-1.5"
              onChange={({ target: { files } }) =>
                onChange({ ...value, file: files?.[0], ...(files?.[0]?.type && { type: files[0].type }) })
              }
            />
          )}
        </Field>
      )}
    </div>
  )
}
