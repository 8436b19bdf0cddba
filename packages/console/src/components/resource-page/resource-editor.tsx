/** The page of one record: its form, what belongs to it, and its end. */
import { useNavigate, useParams } from '@tanstack/react-router'
import { Trash2 } from 'lucide-react'
import { useRef, useState } from 'react'
import { ApiError } from '../../api/client.ts'
import { useRecord, useSave } from '../../api/resource.ts'
import { app } from '../../text/app.ts'
import { resources } from '../../text/resources.ts'
import { ErrorNotice } from '../error-notice.tsx'
import { notify } from '../notify.ts'
import { Page } from '../page.tsx'
import { Button } from '../ui/button.tsx'
import { Card } from '../ui/card.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import type { ResourceDescription } from './describe.ts'
import { EditorForm } from './editor-form.tsx'
import { RemoveDialog } from './resource-list.tsx'

/** What the address of a record that does not exist yet ends in. */
const NEW = 'new'

export const ResourceEditor = <Row,>({ of }: { readonly of: ResourceDescription<Row> }) => {
  const { id = NEW } = useParams({ strict: false }) as { readonly id?: string }
  return id === NEW ? <Create of={of} /> : <Edit key={id} of={of} id={id} />
}

/** What a form has that was never filled in: the defaults of its schema. */
const initialOf = <Row,>({ form, initial }: ResourceDescription<Row>) => ({
  ...Object.fromEntries(
    Object.entries(form.properties ?? {}).flatMap(([name, one]) =>
      one.default === undefined ? [] : [[name, one.default]],
    ),
  ),
  ...initial,
})

const sentOf = <Row,>(
  { fromForm, form }: ResourceDescription<Row>,
  values: Readonly<Record<string, unknown>>,
  row?: Row,
) => {
  if (fromForm) return fromForm(values, row)
  const names = Object.keys(form.properties ?? {})
  return Object.fromEntries(names.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])))
}

const Create = <Row,>({ of }: { readonly of: ResourceDescription<Row> }) => {
  const { text, path, nameOf, idOf } = of
  const navigate = useNavigate()
  const { mutateAsync } = useSave(of.resource)
  const [initial] = useState(() => initialOf(of))
  const made = useRef<Row>(undefined)
  return (
    <Page title={resources.new(text.one)} back={{ to: path, label: text.many }} width="form">
      <Card>
        <EditorForm
          schema={of.form}
          initial={initial}
          {...(of.controls && { controls: of.controls })}
          submitLabel={app.create}
          onCancel={() => void navigate({ to: path })}
          onSubmit={async (values) => {
            const row = await mutateAsync({ values: sentOf(of, values) })
            made.current = row
            notify.done(resources.created(nameOf(row)))
          }}
          // With panels, there is more to do with it; without, the list is where one came from.
          onDone={() => {
            const id = encodeURIComponent(String(idOf(made.current!)))
            void navigate({ to: of.panels?.length ? `${path}/${id}` : path })
          }}
        />
      </Card>
    </Page>
  )
}

const Edit = <Row,>({ of, id }: { readonly of: ResourceDescription<Row>; readonly id: string }) => {
  const { text, path } = of
  const { data: row, error, refetch } = useRecord(of.resource, id)
  const back = { to: path, label: text.many }
  if (row) return <Loaded of={of} row={row} />
  if (error)
    return (
      <Page title={text.many} back={back} width="form">
        <ErrorNotice
          error={error instanceof ApiError && error.status === 404 ? new Error(resources.missing(text.one)) : error}
          onRetry={() => void refetch()}
        />
      </Page>
    )
  return (
    <Page title={app.loading} back={back} width="form">
      <Skeleton className="h-72" />
    </Page>
  )
}

const Loaded = <Row,>({ of, row }: { readonly of: ResourceDescription<Row>; readonly row: Row }) => {
  const { text, path, nameOf, idOf, mayEdit = () => true, mayDelete = () => true, panels = [], actions: Actions } = of
  const navigate = useNavigate()
  const { mutateAsync } = useSave(of.resource)
  const [isRemoving, setRemoving] = useState(false)
  const [initial] = useState(() => of.toForm?.(row) ?? (row as Readonly<Record<string, unknown>>))
  const isLocked = !mayEdit(row)
  const toList = () => void navigate({ to: path })
  const actions = (
    <>
      {Actions && <Actions row={row} />}
      {mayDelete(row) && (
        <Button variant="outline" onClick={() => setRemoving(true)}>
          <Trash2 className="text-danger" />
          {app.delete}
        </Button>
      )}
    </>
  )
  return (
    <Page title={nameOf(row)} back={{ to: path, label: text.many }} actions={actions} width="form">
      {isLocked && <p className="rounded-lg bg-muted px-3.5 py-3 text-muted-foreground">{resources.readOnly}</p>}
      <Card>
        <EditorForm
          schema={of.form}
          initial={initial}
          {...(of.controls && { controls: of.controls })}
          disabled={isLocked}
          onCancel={toList}
          onSubmit={async (values) => {
            const saved = await mutateAsync({ id: idOf(row), values: sentOf(of, values, row) })
            notify.done(resources.saved(nameOf(saved)))
          }}
        />
      </Card>
      {panels.map((Panel) => (
        <Panel key={Panel.displayName ?? Panel.name} row={row} />
      ))}
      <RemoveDialog of={of} row={isRemoving ? row : undefined} onClose={() => setRemoving(false)} onRemoved={toList} />
    </Page>
  )
}
