/**
 * Over a page whose session has ended. The page stays behind it, with whatever was typed into it, and can not be seen:
 * it may be somebody else who comes back.
 */
import { useNavigate } from '@tanstack/react-router'
import { Dialog as Primitive } from 'radix-ui'
import { type OwnSession, useSignOut } from '../../api/session.ts'
import { Button } from '../../components/ui/button.tsx'
import { entry } from '../../text/entry.ts'
import { SignInForm } from './sign-in-form.tsx'

const text = entry.signInAgain

export default function SignInAgain({ session }: { readonly session: OwnSession }) {
  const navigate = useNavigate()
  const signOut = useSignOut()
  return (
    <Primitive.Root open>
      <Primitive.Portal>
        <Primitive.Overlay className="fixed inset-0 z-60 bg-background" />
        <Primitive.Content
          className="fixed inset-0 z-60 grid content-start justify-items-center overflow-y-auto px-4 pt-[14dvh] pb-10"
          onEscapeKeyDown={(event) => event.preventDefault()}
        >
          <div className="grid w-full max-w-sm gap-5 rounded-xl border bg-surface p-6 shadow-sm">
            <div className="grid gap-1">
              <Primitive.Title className="font-semibold text-lg tracking-tight">{text.title}</Primitive.Title>
              <Primitive.Description className="text-muted-foreground">{text.about}</Primitive.Description>
            </div>
            <SignInForm
              login={session.email}
              // Somebody else finds no page of the one before.
              onSignedIn={({ id }) => id !== session.id && void navigate({ to: '/', ignoreBlocker: true })}
            />
            <Button variant="ghost" size="sm" onClick={() => signOut.mutate()}>
              {text.leave}
            </Button>
          </div>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  )
}
