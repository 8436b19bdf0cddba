/** Signing in as an administrator. */
import { useNavigate, useSearch } from '@tanstack/react-router'
import { EntryFrame } from '../../app/entry-frame.tsx'
import { entry } from '../../text/entry.ts'
import { SignInForm } from './sign-in-form.tsx'

export const Screen = () => {
  const { to = '/' } = useSearch({ from: '/sign-in' })
  const navigate = useNavigate()
  return (
    <EntryFrame title={entry.signIn.title} about={entry.signIn.about}>
      <SignInForm onSignedIn={() => void navigate({ to: to as '/', replace: true })} />
    </EntryFrame>
  )
}
