/** The end of a service, and what ends with it. */
import { useQuery } from '@tanstack/react-query'
import { addressOf } from '../../api/client.ts'
import { useRemove } from '../../api/resource.ts'
import { accessRowsOptions, services } from '../../api/services.ts'
import type { Service } from '../../api/types.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { notify } from '../../components/notify.ts'
import { app } from '../../text/app.ts'
import { services as text } from '../../text/services.ts'

export interface RemoveServiceProps {
  /** `undefined`: closed. */
  readonly service: Service | undefined
  readonly onClose: () => void
  readonly onRemoved?: () => void
}

export const RemoveService = ({ service, onClose, onRemoved }: RemoveServiceProps) => {
  const { mutateAsync } = useRemove(services)
  const roles = useQuery({ ...accessRowsOptions(service?.id ?? 0), enabled: service !== undefined }).data ?? 0
  if (!service) return null
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={text.remove.question(service.label || service.name)}
      text={text.remove.text}
      consequences={[text.remove.address(addressOf(service.name)), ...(roles > 0 ? [text.remove.rows(roles)] : [])]}
      action={app.delete}
      typed={service.name}
      onConfirm={async () => {
        await mutateAsync([service.id])
        notify.done(text.remove.done(service.name))
        onRemoved?.()
      }}
    />
  )
}
