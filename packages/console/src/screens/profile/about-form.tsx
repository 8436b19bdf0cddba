import { useForm } from 'react-hook-form'
import { ApiError } from '../../api/client.ts'
import { type Profile, useChangeProfile } from '../../api/profile.ts'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Field } from '../../components/field.tsx'
import { notify } from '../../components/notify.ts'
import { Button } from '../../components/ui/button.tsx'
import { Card } from '../../components/ui/card.tsx'
import { Input } from '../../components/ui/input.tsx'
import { app } from '../../text/app.ts'
import { forms } from '../../text/forms.ts'
import { profile as text } from '../../text/profile.ts'

interface Values {
  readonly name: string
  readonly first_name: string
  readonly last_name: string
  readonly email: string
  readonly phone: string
  readonly current_password: string
}

const FIELDS = [
  { name: 'name', label: text.name, complete: 'name', required: true },
  { name: 'email', label: text.email, complete: 'email', required: true },
  { name: 'first_name', label: text.firstName, complete: 'given-name', required: false },
  { name: 'last_name', label: text.lastName, complete: 'family-name', required: false },
  { name: 'phone', label: text.phone, complete: 'tel', required: false },
] as const

export const AboutForm = ({ profile }: { readonly profile: Profile }) => {
  const change = useChangeProfile()
  const { register, handleSubmit, watch, setError, formState } = useForm<Values>({
    defaultValues: {
      ...Object.fromEntries(FIELDS.map(({ name }) => [name, profile[name] ?? ''])),
      current_password: '',
    },
  })
  const { errors, isDirty } = formState
  const isOther = watch('email').trim().toLowerCase() !== profile.email.toLowerCase()

  const submit = handleSubmit(async ({ email, current_password: password, ...others }) => {
    try {
      await change.mutateAsync({
        ...others,
        ...(isOther && { email: email.trim(), username: profile.username, current_password: password }),
      })
      notify.done(text.saved)
    } catch (error) {
      const fields = error instanceof ApiError ? Object.entries(error.fields) : []
      for (const [name, [message]] of fields) setError(name as keyof Values, { message: message ?? '' })
    }
  })
  return (
    <form noValidate onSubmit={(event) => void submit(event)}>
      <Card
        title={text.about.title}
        description={text.about.text}
        footer={
          <Button type="submit" disabled={!isDirty || change.isPending}>
            {app.save}
          </Button>
        }
      >
        <div className="grid gap-4 sm:grid-cols-2">
          {FIELDS.map(({ name, label, complete, required }) => (
            <Field key={name} label={label} required={required} problems={errors[name]?.message}>
              {(control) => (
                <Input
                  {...control}
                  type={name === 'email' ? 'email' : 'text'}
                  autoComplete={complete}
                  {...register(name, required ? { required: forms.required } : {})}
                />
              )}
            </Field>
          ))}
          {isOther && (
            <Field
              label={text.currentPassword}
              help={text.whyPassword}
              required
              problems={errors.current_password?.message}
              className="sm:col-span-2"
            >
              {(control) => (
                <Input
                  {...control}
                  type="password"
                  autoComplete="current-password"
                  {...register('current_password', { required: isOther ? forms.required : false })}
                />
              )}
            </Field>
          )}
        </div>
        <ErrorNotice error={change.error} className="mt-4" />
      </Card>
    </form>
  )
}
