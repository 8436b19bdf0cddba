/** Signing in as an administrator. */
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useForm } from 'react-hook-form'
import { type Credentials, useEnvironment, useSignIn } from '../../api/session.ts'
import { EntryFrame } from '../../app/entry-frame.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Field } from '../../components/field.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Input } from '../../components/ui/input.tsx'
import { entry } from '../../text/entry.ts'
import { forms } from '../../text/forms.ts'

const text = entry.signIn

export const Screen = () => {
  const { to = '/' } = useSearch({ from: '/sign-in' })
  const navigate = useNavigate()
  const environment = useEnvironment()
  const signIn = useSignIn()
  const { register, handleSubmit, formState } = useForm<Credentials>({ defaultValues: { login: '', password: '' } })
  const byName = environment.data?.authentication.login_attribute === 'username'
  const { errors } = formState
  return (
    <EntryFrame title={text.title} about={text.about}>
      <form
        noValidate
        className="grid gap-4"
        onSubmit={handleSubmit((credentials) =>
          signIn.mutate(credentials, { onSuccess: () => void navigate({ to: to as '/', replace: true }) }),
        )}
      >
        <Field label={byName ? text.username : text.email} problems={errors.login?.message}>
          {(control) => (
            <Input
              {...control}
              type={byName ? 'text' : 'email'}
              autoComplete="username"
              autoFocus
              {...register('login', { required: forms.required })}
            />
          )}
        </Field>
        <Field label={text.password} problems={errors.password?.message}>
          {(control) => (
            <Input
              {...control}
              type="password"
              autoComplete="current-password"
              {...register('password', { required: forms.required })}
            />
          )}
        </Field>
        <ErrorNotice error={signIn.error ?? environment.error} title={text.failed} />
        <Button type="submit" disabled={signIn.isPending}>
          {text.action}
        </Button>
      </form>
    </EntryFrame>
  )
}
