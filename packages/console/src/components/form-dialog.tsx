/** A few fields in a dialog: sent by its button or by Enter, closed when that has worked. */
import { type ReactNode, useState } from 'react'
import { app } from '../text/app.ts'
import { ErrorNotice } from './error-notice.tsx'
import { Button } from './ui/button.tsx'
import { Dialog, DialogContent } from './ui/dialog.tsx'

export interface FormDialogProps {
  readonly title: string
  readonly description?: string
  /** What the button says. */
  readonly action: string
  readonly isReady: boolean
  /** Closes when it resolves; what it throws is shown. */
  readonly onSubmit: () => Promise<unknown>
  readonly onClose: () => void
  readonly className?: string
  readonly children: ReactNode
}

export const FormDialog = (props: FormDialogProps) => {
  const { title, description, action, isReady, onSubmit, onClose, className, children } = props
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const submit = async () => {
    if (!isReady || busy) return
    setBusy(true)
    setError(undefined)
    try {
      await onSubmit()
      onClose()
    } catch (problem) {
      setError(problem)
      setBusy(false)
    }
  }
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={<span className="break-words">{title}</span>}
        {...(description && { description })}
        {...(className && { className })}
        footer={
          <>
            <Button variant="outline" onClick={onClose}>
              {app.cancel}
            </Button>
            <Button disabled={!isReady || busy} onClick={() => void submit()}>
              {action}
            </Button>
          </>
        }
      >
        <form
          noValidate
          className="grid gap-4"
          onSubmit={(event) => {
            event.preventDefault()
            void submit()
          }}
        >
          {children}
          <ErrorNotice error={error} />
          {/* Enter sends a form that has a button to send it with. */}
          <button type="submit" hidden aria-hidden tabIndex={-1} />
        </form>
      </DialogContent>
    </Dialog>
  )
}
