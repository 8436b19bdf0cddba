/** A service's name and settings; the same form makes, copies and changes one. */
import { useMemo, useRef, useState } from 'react'
import { Controller, useForm } from 'react-hook-form'
import { schemaOfType } from '../../api/services.ts'
import type { Service, ServiceType } from '../../api/types.ts'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Field } from '../../components/field.tsx'
import { focusFirstProblem } from '../../components/resource-page/focus.ts'
import { type Problems, problemsIn } from '../../components/schema-form/problems.ts'
import type { Values } from '../../components/schema-form/schema.ts'
import { SchemaForm } from '../../components/schema-form/schema-form.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Card } from '../../components/ui/card.tsx'
import { Input, Textarea } from '../../components/ui/input.tsx'
import { UnsavedGuard } from '../../components/unsaved-guard.tsx'
import { app } from '../../text/app.ts'
import { forms } from '../../text/forms.ts'
import { services as text } from '../../text/services.ts'
import { problemsOfError, problemsOfTest, type ServiceProblems } from './service-problems.ts'
import { TestOutcome, useConnectionTest } from './test-connection.tsx'

export interface ServiceValues {
  readonly name: string
  readonly label: string
  readonly description: string
  readonly config: Values
}

export interface ServiceFormProps {
  readonly type: ServiceType
  readonly initial: ServiceValues
  /** Of a service that exists: its masked secrets are meant by a test. */
  readonly id?: number
  /** Names that others have. */
  readonly taken: readonly string[]
  /** It can be looked at only, or keeps its name. */
  readonly disabled?: boolean
  readonly keepsName?: boolean
  readonly submitLabel: string
  readonly onCancel: () => void
  readonly onSubmit: (values: ServiceValues) => Promise<unknown>
  readonly onDone: () => void
}

/** The gateway's rule for names. */
const NAME = /^[A-Za-z0-9_-]+$/
const LONGEST = 40

export const nameProblem = (name: string, taken: readonly string[]): string | undefined => {
  if (name === '') return forms.required
  if (!NAME.test(name)) return text.fields.nameRule
  if (name.length > LONGEST) return text.fields.nameLong
  return taken.includes(name.toLowerCase()) ? text.fields.nameTaken : undefined
}

const NONE: ServiceProblems = { fields: {}, general: undefined }

/** Of problems by field, those about the settings, as the form of the settings names them. */
const ofConfig = (fields: Problems): Problems =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([path, told]) =>
      path.startsWith('config.') ? [[path.slice('config.'.length), told]] : [],
    ),
  )

export const ServiceForm = (props: ServiceFormProps) => {
  const {
    type,
    initial,
    id,
    taken,
    disabled = false,
    keepsName = false,
    submitLabel,
    onCancel,
    onSubmit,
    onDone,
  } = props
  const element = useRef<HTMLFormElement>(null)
  const schema = useMemo(() => schemaOfType(type), [type])
  const form = useForm<{ service: ServiceValues }>({ defaultValues: { service: initial } })
  const { isDirty, isSubmitting, isSubmitted } = form.formState
  const left = useRef(false)
  const [told, setTold] = useState<ServiceProblems>(NONE)
  const test = useConnectionTest()

  const wrong = (values: ServiceValues): Problems => {
    const name = nameProblem(values.name, taken)
    return { ...problemsIn(schema, values.config), ...(name && { name: [name] }) }
  }
  const isWrong = (values: ServiceValues) => Object.keys(wrong(values)).length > 0
  const runTest = form.handleSubmit(async ({ service }) => {
    if (Object.keys(problemsIn(schema, service.config)).length > 0) return focusFirstProblem(element.current)
    const outcome = await test.run({ ...(id !== undefined && { id }), type: type.name, config: service.config })
    if (outcome?.ok === false) {
      setTold({ fields: problemsOfTest(outcome.problems).fields, general: undefined })
      focusFirstProblem(element.current)
    }
  })
  const submit = form.handleSubmit(async ({ service }) => {
    if (isWrong(service)) return focusFirstProblem(element.current)
    try {
      await onSubmit(service)
      left.current = true
      form.reset({ service })
      onDone()
    } catch (error) {
      setTold(problemsOfError(error))
      focusFirstProblem(element.current)
    }
  })

  return (
    <form ref={element} noValidate className="grid gap-5" onSubmit={(event) => void submit(event)}>
      <UnsavedGuard isDirty={() => form.formState.isDirty && !left.current} />
      <Controller
        control={form.control}
        name="service"
        render={({ field }) => {
          const values = field.value
          const change = (next: Partial<ServiceValues>) => {
            left.current = false
            setTold(NONE)
            test.forget()
            field.onChange({ ...values, ...next })
          }
          const checked = isSubmitted ? wrong(values) : {}
          return (
            <>
              <Card title={text.make.about} description={text.make.aboutText}>
                <AboutFields
                  values={values}
                  onChange={change}
                  taken={taken}
                  isChecked={isSubmitted}
                  problems={told.fields}
                  disabled={disabled}
                  keepsName={keepsName}
                />
              </Card>
              {Object.keys(schema.properties ?? {}).length > 0 && (
                <Card title={text.make.config} description={text.make.configText}>
                  <SchemaForm
                    schema={schema}
                    disabled={disabled}
                    values={values.config}
                    problems={{ ...ofConfig(told.fields), ...checked }}
                    onChange={(config) => change({ config })}
                  />
                </Card>
              )}
            </>
          )
        }}
      />
      {told.general !== undefined && <ErrorNotice error={new Error(told.general)} title={text.make.failed} />}
      {!disabled && (
        <div className="sticky bottom-0 -mx-1 flex flex-wrap items-center justify-end gap-2 border-t bg-background px-1 py-3">
          <div className="w-full empty:hidden">
            <TestOutcome test={test} />
          </div>
          <Button variant="outline" className="mr-auto" disabled={test.isRunning} onClick={() => void runTest()}>
            {test.isRunning ? text.test.running : text.test.action}
          </Button>
          <Button variant="ghost" onClick={onCancel}>
            {app.cancel}
          </Button>
          <Button type="submit" disabled={isSubmitting || test.isRunning || (id !== undefined && !isDirty)}>
            {submitLabel}
          </Button>
        </div>
      )}
    </form>
  )
}

interface AboutFieldsProps {
  readonly values: ServiceValues
  readonly onChange: (values: Partial<ServiceValues>) => void
  readonly taken: readonly string[]
  /** Whether an empty name is told. */
  readonly isChecked: boolean
  readonly problems: Problems
  readonly disabled: boolean
  readonly keepsName: boolean
}

const AboutFields = ({ values, onChange, taken, isChecked, problems, disabled, keepsName }: AboutFieldsProps) => {
  const { name, label, description } = values
  const found = name === '' && !isChecked ? undefined : nameProblem(name, taken)
  const isFine = name !== '' && found === undefined
  return (
    <div className="grid gap-x-5 gap-y-4 sm:grid-cols-2">
      <Field
        label={text.fields.name}
        required
        help={isFine ? text.fields.address(name.toLowerCase()) : text.fields.nameHelp}
        problems={found ?? problems.name}
      >
        {(control) => (
          <Input
            {...control}
            autoComplete="off"
            spellCheck={false}
            className="font-mono"
            placeholder={text.fields.namePlaceholder}
            disabled={disabled || keepsName}
            value={name}
            onChange={({ target }) => onChange({ name: target.value })}
          />
        )}
      </Field>
      <Field label={text.fields.label} help={text.fields.labelHelp} problems={problems.label}>
        {(control) => (
          <Input
            {...control}
            autoComplete="off"
            maxLength={80}
            placeholder={name}
            disabled={disabled}
            value={label}
            onChange={({ target }) => onChange({ label: target.value })}
          />
        )}
      </Field>
      <Field label={text.fields.description} problems={problems.description} className="sm:col-span-2">
        {(control) => (
          <Textarea
            {...control}
            className="min-h-9"
            rows={1}
            maxLength={255}
            disabled={disabled}
            value={description}
            onChange={({ target }) => onChange({ description: target.value })}
          />
        )}
      </Field>
    </div>
  )
}

/** Of a stored service, what its form shows. */
export const valuesOf = ({ name, label, description, config }: Service): ServiceValues => {
  const { service_id: _, ...settings } = config ?? {}
  return { name, label: label ?? '', description: description ?? '', config: settings }
}

/** Settings that differ from those that were stored: the rest stays without being sent. */
export const changedSettings = (values: Values, before: Values): Values =>
  Object.fromEntries(
    Object.entries(values).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name])),
  )

/** Settings that were said at all. */
export const givenSettings = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== null))
