import { useForm } from 'react-hook-form'
import { useChangePassword } from '../../api/profile.ts'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Field } from '../../components/field.tsx'
import { notify } from '../../components/notify.ts'
import { Button } from '../../components/ui/button.tsx'
import { Card } from '../../components/ui/card.tsx'
import { Input } from '../../components/ui/input.tsx'
import { forms } from '../../text/forms.ts'
import { profile } from '../../text/profile.ts'

const text = profile.password

interface Values {
  readonly before: string
  readonly next: string
  readonly again: string
}

export const PasswordForm = () => {
  const change = useChangePassword()
  const { register, handleSubmit, reset, formState } = useForm<Values>({
    defaultValues: { before: '', next: '', again: '' },
  })
  const { errors } = formState
  const submit = handleSubmit(async ({ before, next }) => {
    try {
      await change.mutateAsync({ before, next })
    } catch {
      return
    }
    reset()
    notify.done(text.changed)
  })
  return (
    <form noValidate onSubmit={(event) => void submit(event)}>
      <Card
        title={text.title}
        description={text.text}
        footer={
          <Button type="submit" disabled={change.isPending}>
            {text.action}
          </Button>
        }
      >
        <div className="grid max-w-md gap-4">
          <Field label={text.before} required problems={errors.before?.message}>
            {(control) => (
              <Input
                {...control}
                type="password"
                autoComplete="current-password"
                {...register('before', { required: forms.required })}
              />
            )}
          </Field>
          <Field label={text.next} help={text.help(text.length)} required problems={errors.next?.message}>
            {(control) => (
              <Input
                {...control}
                type="password"
                autoComplete="new-password"
                {...register('next', {
                  required: forms.required,
                  minLength: { value: text.length, message: forms.shorter(text.length) },
                })}
              />
            )}
          </Field>
          <Field label={text.again} required problems={errors.again?.message}>
            {(control) => (
              <Input
                {...control}
                type="password"
                autoComplete="new-password"
                {...register('again', {
                  required: forms.required,
                  validate: (again, { next }) => again === next || text.differs,
                })}
              />
            )}
          </Field>
        </div>
        <ErrorNotice error={change.error} className="mt-4" />
      </Card>
    </form>
  )
}
