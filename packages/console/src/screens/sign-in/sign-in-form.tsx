/** Name and password of an administrator. */
import { useForm } from 'react-hook-form'
import { type Credentials, useEnvironment, useSignIn } from '../../api/session.ts'
import type { Session } from '../../api/types.ts'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Field } from '../../components/field.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Input } from '../../components/ui/input.tsx'
import { entry } from '../../text/entry.ts'
import { forms } from '../../text/forms.ts'

const text = entry.signIn

interface SignInFormProps {
  /** Who it was, where someone comes back. */
  readonly login?: string
  readonly onSignedIn: (session: Session) => void
}

export const SignInForm = ({ login = '', onSignedIn }: SignInFormProps) => {
  const environment = useEnvironment()
  const signIn = useSignIn()
  const { register, handleSubmit, formState } = useForm<Credentials>({ defaultValues: { login, password: '' } })
  const byName = environment.data?.authentication.login_attribute === 'username'
  const { errors } = formState
  return (
    <form
      noValidate
      className="grid gap-4"
      onSubmit={handleSubmit((credentials) => signIn.mutate(credentials, { onSuccess: onSignedIn }))}
    >
      <Field label={byName ? text.username : text.email} problems={errors.login?.message}>
        {(control) => (
          <Input
            {...control}
            type={byName ? 'text' : 'email'}
            autoComplete="username"
            autoFocus={login === ''}
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
            autoFocus={login !== ''}
            {...register('password', { required: forms.required })}
          />
        )}
      </Field>
      <ErrorNotice error={signIn.error ?? environment.error} title={text.failed} />
      <Button type="submit" disabled={signIn.isPending}>
        {text.action}
      </Button>
    </form>
  )
}
