/** A form for one record, by React Hook Form and a JSON Schema: problems at their fields, and no change lost unasked. */
import { useRef } from 'react'
import { Controller, useForm } from 'react-hook-form'
import { ApiError } from '../../api/client.ts'
import type { JsonSchema } from '../../api/types.ts'
import { app } from '../../text/app.ts'
import { forms } from '../../text/forms.ts'
import { ErrorNotice } from '../error-notice.tsx'
import { type Problems, problemsIn } from '../schema-form/problems.ts'
import type { Values } from '../schema-form/schema.ts'
import { SchemaForm } from '../schema-form/schema-form.tsx'
import type { CustomControls } from '../schema-form/surroundings.ts'
import { Button } from '../ui/button.tsx'
import { UnsavedGuard } from '../unsaved-guard.tsx'
import { focusFirstProblem } from './focus.ts'

export interface EditorFormProps {
  readonly schema: JsonSchema
  readonly initial: Values
  readonly controls?: CustomControls
  readonly disabled?: boolean
  readonly submitLabel?: string
  readonly onCancel: () => void
  /** What it throws is shown, by field where it says so. Resolve before leaving the page: then nothing is unsaved. */
  readonly onSubmit: (values: Values) => Promise<unknown>
  /** When the values were saved, and the page may be left. */
  readonly onDone?: () => void
}

interface Held {
  readonly values: Values
}

export const EditorForm = (props: EditorFormProps) => {
  const { schema, initial, controls = {}, disabled = false, submitLabel = app.save, onCancel, onSubmit, onDone } = props
  const element = useRef<HTMLFormElement>(null)
  const form = useForm<Held>({ defaultValues: { values: initial } })
  const { isSubmitting, isSubmitted, isDirty, errors } = form.formState
  const left = useRef(false)
  const dirty = useRef(false)
  dirty.current = isDirty
  const server = errors.root as { message?: string; problems?: Problems } | undefined

  const submit = form.handleSubmit(async ({ values }) => {
    if (Object.keys(problemsIn(schema, values)).length > 0) return focusFirstProblem(element.current)
    try {
      await onSubmit(values)
      // The form knows of it with its next drawing only; whoever leaves now leaves nothing behind.
      left.current = true
      form.reset({ values })
      onDone?.()
    } catch (error) {
      const problems = error instanceof ApiError ? error.fields : {}
      form.setError('root', { message: error instanceof Error ? error.message : String(error), problems } as never)
      focusFirstProblem(element.current)
    }
  })
  return (
    <form ref={element} noValidate className="grid gap-5" onSubmit={(event) => void submit(event)}>
      <UnsavedGuard isDirty={() => dirty.current && !left.current} />
      <Controller
        control={form.control}
        name="values"
        render={({ field }) => (
          <SchemaForm
            schema={schema}
            controls={controls}
            disabled={disabled}
            values={field.value}
            problems={{ ...server?.problems, ...(isSubmitted && problemsIn(schema, field.value)) }}
            onChange={(values) => {
              left.current = false
              form.clearErrors('root')
              field.onChange(values)
            }}
          />
        )}
      />
      {server && <ErrorNotice error={new Error(server.message)} title={forms.failed} />}
      {!disabled && (
        <div className="flex justify-end gap-2">
          <Button variant="outline" onClick={onCancel}>
            {app.cancel}
          </Button>
          <Button type="submit" disabled={isSubmitting}>
            {submitLabel}
          </Button>
        </div>
      )}
    </form>
  )
}
