/** Asks before something is gone, and says what goes with it. */
import { AlertDialog as Primitive } from 'radix-ui'
import { type ReactNode, useState } from 'react'
import { app } from '../text/app.ts'
import { ErrorNotice } from './error-notice.tsx'
import { Field } from './field.tsx'
import { Button } from './ui/button.tsx'
import { OVERLAY } from './ui/dialog.tsx'
import { Input } from './ui/input.tsx'

export interface ConfirmDialogProps {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  /** A question: "Delete the role reader?" */
  readonly title: string
  readonly text?: ReactNode
  /** What else is lost: "3 apps lose their role". */
  readonly consequences?: readonly string[]
  /** What the button says. */
  readonly action: string
  /** Has to be typed first, for what is hard to make again. */
  readonly typed?: string
  /** Closes when it resolves; what it throws is shown. */
  readonly onConfirm: () => Promise<unknown>
}

export const ConfirmDialog = (props: ConfirmDialogProps) => {
  const { open, onOpenChange } = props
  return (
    <Primitive.Root open={open} onOpenChange={onOpenChange}>
      <Primitive.Portal>
        <Primitive.Overlay className={OVERLAY} />
        <Primitive.Content
          className="fixed top-1/2 left-1/2 z-50 grid w-[calc(100vw-2rem)] max-w-md -translate-x-1/2 -translate-y-1/2 animate-appear gap-4 rounded-xl border bg-surface p-5 shadow-xl"
          {...(!props.text && { 'aria-describedby': undefined })}
        >
          <Question {...props} />
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  )
}

const Question = ({ title, text, consequences = [], action, typed, onConfirm, onOpenChange }: ConfirmDialogProps) => {
  const [given, setGiven] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const confirm = async () => {
    setBusy(true)
    setError(undefined)
    try {
      await onConfirm()
      onOpenChange(false)
    } catch (problem) {
      setError(problem)
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      <div className="grid gap-1.5">
        <Primitive.Title className="font-semibold text-base">{title}</Primitive.Title>
        {text && <Primitive.Description className="text-muted-foreground">{text}</Primitive.Description>}
      </div>
      {consequences.length > 0 && (
        <div className="rounded-lg bg-danger-soft px-3.5 py-3">
          <p className="font-medium">{app.confirm.goesWith}</p>
          <ul className="mt-1 list-disc pl-5">
            {consequences.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        </div>
      )}
      {typed && (
        <Field label={app.confirm.type(typed)}>
          {(control) => (
            <Input {...control} value={given} autoComplete="off" onChange={(event) => setGiven(event.target.value)} />
          )}
        </Field>
      )}
      <ErrorNotice error={error} />
      <div className="flex justify-end gap-2">
        <Primitive.Cancel asChild>
          <Button variant="outline">{app.cancel}</Button>
        </Primitive.Cancel>
        <Button
          variant="danger"
          disabled={busy || (typed !== undefined && given !== typed)}
          onClick={() => void confirm()}
        >
          {action}
        </Button>
      </div>
    </>
  )
}
