/** The list of a collection: its records, their switches, and how to make one. */
import { useNavigate } from '@tanstack/react-router'
import { Plus, Trash2 } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useList, useRemove, useSave } from '../../api/resource.ts'
import { app } from '../../text/app.ts'
import { resources } from '../../text/resources.ts'
import { ConfirmDialog } from '../confirm-dialog.tsx'
import { type Column, DataTable } from '../data-table.tsx'
import { EmptyState } from '../empty-state.tsx'
import { ErrorNotice } from '../error-notice.tsx'
import { notify } from '../notify.ts'
import { Page } from '../page.tsx'
import { Button } from '../ui/button.tsx'
import { Switch } from '../ui/switch.tsx'
import type { ResourceDescription } from './describe.ts'

export const ResourceList = <Row,>({ of }: { readonly of: ResourceDescription<Row> }) => {
  const { resource, path, text, icon, idOf, nameOf, creates = true, mayDelete = () => true } = of
  const navigate = useNavigate()
  const { data, error, refetch } = useList(resource)
  const [removing, setRemoving] = useState<Row>()
  const columns = useColumns(of)
  const create = creates && (
    <Button onClick={() => void navigate({ to: `${path}/new` })}>
      <Plus />
      {resources.new(text.one)}
    </Button>
  )
  return (
    <Page title={text.many} description={text.about} actions={create}>
      <ErrorNotice error={error} title={resources.failedToRead(text.many)} onRetry={() => void refetch()} />
      {data?.resource.length === 0 ? (
        <EmptyState icon={icon} {...text.empty} action={create} />
      ) : (
        !error && (
          <DataTable
            label={text.many}
            columns={columns}
            rows={data?.resource}
            idOf={(row) => String(idOf(row))}
            nameOf={nameOf}
            onOpen={(row) => void navigate({ to: `${path}/${encodeURIComponent(String(idOf(row)))}` })}
            actions={(row) =>
              mayDelete(row) && (
                <Button
                  variant="ghost"
                  size="icon-sm"
                  aria-label={`${app.delete}: ${nameOf(row)}`}
                  onClick={() => setRemoving(row)}
                >
                  <Trash2 className="text-muted-foreground" />
                </Button>
              )
            }
          />
        )
      )}
      <RemoveDialog of={of} row={removing} onClose={() => setRemoving(undefined)} />
    </Page>
  )
}

/** The described columns, and a switch where records can be switched off. */
const useColumns = <Row,>({
  resource,
  columns,
  active,
  idOf,
  nameOf,
  mayEdit = () => true,
}: ResourceDescription<Row>) => {
  const { mutate, isPending } = useSave(resource)
  return useMemo((): readonly Column<Row>[] => {
    if (!active) return columns
    const isActive = (row: Row) => row[active] === true
    const toggle = (row: Row, on: boolean) =>
      mutate(
        { id: idOf(row), values: { [active]: on } },
        { onSuccess: () => notify.done(resources.switched(nameOf(row), on)), onError: notify.failed },
      )
    return [
      ...columns,
      {
        id: active,
        header: resources.active,
        value: isActive,
        filter: true,
        className: 'w-24',
        cell: (row) => (
          <Switch
            aria-label={resources.makeActive(nameOf(row))}
            checked={isActive(row)}
            disabled={isPending || !mayEdit(row)}
            onCheckedChange={(on) => toggle(row, on)}
          />
        ),
      },
    ]
  }, [columns, active, idOf, nameOf, mayEdit, mutate, isPending])
}

export interface RemoveDialogProps<Row> {
  readonly of: ResourceDescription<Row>
  /** `undefined`: closed. */
  readonly row: Row | undefined
  readonly onClose: () => void
  readonly onRemoved?: () => void
}

export const RemoveDialog = <Row,>({ of, row, onClose, onRemoved }: RemoveDialogProps<Row>) => {
  const { mutateAsync } = useRemove(of.resource)
  if (row === undefined) return null
  const name = of.nameOf(row)
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={resources.deleteQuestion(of.text.one, name)}
      text={resources.deleteText}
      consequences={of.consequences?.(row) ?? []}
      action={app.delete}
      onConfirm={async () => {
        await mutateAsync([of.idOf(row)])
        notify.done(resources.deleted(name))
        onRemoved?.()
      }}
    />
  )
}
