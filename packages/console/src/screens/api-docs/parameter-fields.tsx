/** A control for each parameter: those of the address first, the many that are seldom needed on demand. */
import { ChevronDown } from 'lucide-react'
import { useState } from 'react'
import type { ApiDocument, Operation, Parameter } from '../../api/docs.ts'
import { Field } from '../../components/field.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Input, Select } from '../../components/ui/input.tsx'
import { apiDocs, trial as text } from '../../text/api-docs.ts'
import { parameterKey, parametersOf } from './call.ts'

interface ParameterFieldsProps {
  readonly document: ApiDocument
  readonly operation: Operation
  readonly values: Readonly<Record<string, string>>
  /** The name of a part of the address without which nothing can be sent. */
  readonly missing: string | undefined
  readonly onChange: (values: Readonly<Record<string, string>>) => void
}

/** So many are shown without asking. */
const FEW = 6

const importance = ({ in: place, required = false }: Parameter): number =>
  (place === 'path' ? 0 : 2) + (required ? 0 : 1) + (place === 'header' ? 2 : 0)

export const ParameterFields = ({ document, operation, values, missing, onChange }: ParameterFieldsProps) => {
  const [whole, setWhole] = useState(false)
  const parameters = parametersOf(document, operation).toSorted((a, b) => importance(a) - importance(b))
  if (parameters.length === 0) return <p className="text-muted-foreground">{text.noParameters}</p>
  const seen = whole || parameters.length <= FEW + 1 ? parameters : parameters.slice(0, FEW)
  const hidden = parameters.length - seen.length
  return (
    <div className="grid gap-3">
      <div className="grid gap-x-4 gap-y-3 sm:grid-cols-2 2xl:grid-cols-3">
        {seen.map((parameter) => {
          const key = parameterKey(parameter)
          return (
            <ParameterField
              key={key}
              parameter={parameter}
              value={values[key] ?? ''}
              isMissing={missing === parameter.name}
              onChange={(value) => onChange({ ...values, [key]: value })}
            />
          )
        })}
      </div>
      {parameters.length > FEW + 1 && (
        <Button
          variant="ghost"
          size="sm"
          className="justify-self-start"
          aria-expanded={whole}
          onClick={() => setWhole(!whole)}
        >
          <ChevronDown className={whole ? 'rotate-180' : ''} />
          {whole ? text.fewer : text.more(hidden)}
        </Button>
      )}
    </div>
  )
}

interface ParameterFieldProps {
  readonly parameter: Parameter
  readonly value: string
  readonly isMissing: boolean
  readonly onChange: (value: string) => void
}

const choicesOf = ({ schema }: Parameter): readonly string[] | undefined => {
  if (schema?.enum) return schema.enum.map(String)
  return schema?.type === 'boolean' ? ['true', 'false'] : undefined
}

const ParameterField = ({ parameter, value, isMissing, onChange }: ParameterFieldProps) => {
  const { name, in: place, required, schema } = parameter
  const choices = choicesOf(parameter)
  const [example] = schema?.examples ?? []
  return (
    <Field
      label={<code className="font-mono text-xs">{name}</code>}
      aside={<span className="text-muted-foreground text-xs">{apiDocs.places[place] ?? place}</span>}
      required={required ?? false}
      problems={isMissing ? text.missing(name) : undefined}
    >
      {(control) =>
        choices ? (
          <Select {...control} value={value} onChange={(event) => onChange(event.target.value)}>
            <option value="">{text.unset}</option>
            {choices.map((choice) => (
              <option key={choice}>{choice}</option>
            ))}
          </Select>
        ) : (
          <Input
            {...control}
            value={value}
            autoComplete="off"
            spellCheck={false}
            className="font-mono text-xs"
            title={parameter.description}
            placeholder={example === undefined ? '' : String(example)}
            onChange={(event) => onChange(event.target.value)}
          />
        )
      }
    </Field>
  )
}
