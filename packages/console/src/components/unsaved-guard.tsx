/** Asks before a page with changes is left. */
import { useBlocker } from '@tanstack/react-router'
import { app } from '../text/app.ts'
import { forms } from '../text/forms.ts'
import { ConfirmDialog } from './confirm-dialog.tsx'

export const UnsavedGuard = ({ isDirty }: { readonly isDirty: () => boolean }) => {
  const { proceed, reset, status } = useBlocker({
    shouldBlockFn: ({ current, next }) => current.pathname !== next.pathname && isDirty(),
    enableBeforeUnload: isDirty,
    withResolver: true,
  })
  return (
    <ConfirmDialog
      open={status === 'blocked'}
      onOpenChange={(open) => !open && reset?.()}
      title={app.unsaved}
      action={forms.leave}
      onConfirm={async () => proceed?.()}
    />
  )
}
