/** The first start: whoever has the code of the gateway's log becomes its first administrator, and is signed in. */
import { useNavigate } from '@tanstack/react-router'
import { useForm } from 'react-hook-form'
import { ApiError } from '../../api/client.ts'
import { type FirstAdministrator, useSetUp, useSignIn } from '../../api/session.ts'
import { EntryFrame } from '../../app/entry-frame.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Field } from '../../components/field.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Input } from '../../components/ui/input.tsx'
import { entry } from '../../text/entry.ts'
import { forms } from '../../text/forms.ts'

const text = entry.setup

export const Screen = () => {
  const navigate = useNavigate()
  const create = useSetUp()
  const signIn = useSignIn()
  const isBusy = create.isPending || signIn.isPending
  const { register, handleSubmit, setError, formState } = useForm<FirstAdministrator>({
    defaultValues: { code: '', name: '', email: '', password: '' },
  })
  const { errors } = formState

  const submit = handleSubmit(async (values) => {
    try {
      await create.mutateAsync(values)
    } catch (error) {
      const fields = error instanceof ApiError ? Object.entries(error.fields) : []
      for (const [name, [message]] of fields)
        setError(name as keyof FirstAdministrator, { message: message ?? '' }, { shouldFocus: true })
      return
    }
    // Where this fails there is an administrator all the same, and the page for signing in says what is wrong.
    await signIn.mutateAsync({ login: values.email, password: values.password }).catch(() => undefined)
    await navigate({ to: '/services/new', replace: true })
  })
  return (
    <EntryFrame title={text.title} about={text.about}>
      <form noValidate className="grid gap-4" onSubmit={(event) => void submit(event)}>
        <Field label={text.code} help={text.codeHelp} problems={errors.code?.message}>
          {(control) => (
            <Input
              {...control}
              autoComplete="off"
              spellCheck={false}
              autoFocus
              className="font-mono uppercase placeholder:normal-case"
              {...register('code', { required: forms.required })}
            />
          )}
        </Field>
        <Field label={text.name} problems={errors.name?.message}>
          {(control) => <Input {...control} autoComplete="name" {...register('name', { required: forms.required })} />}
        </Field>
        <Field label={text.email} problems={errors.email?.message}>
          {(control) => (
            <Input
              {...control}
              type="email"
              autoComplete="email"
              {...register('email', { required: forms.required })}
            />
          )}
        </Field>
        <Field label={text.password} help={text.passwordHelp} problems={errors.password?.message}>
          {(control) => (
            <Input
              {...control}
              type="password"
              autoComplete="new-password"
              {...register('password', {
                required: forms.required,
                minLength: { value: text.length, message: forms.shorter(text.length) },
              })}
            />
          )}
        </Field>
        <ErrorNotice error={create.error} title={text.failed} />
        <Button type="submit" disabled={isBusy}>
          {text.action}
        </Button>
      </form>
    </EntryFrame>
  )
}
