/** What is asked before a folder is made, and before something is put elsewhere. */
import { useState } from 'react'
import { type Entry, makeFolder, placeEntry } from '../../api/files.ts'
import { Field } from '../../components/field.tsx'
import { FormDialog } from '../../components/form-dialog.tsx'
import { notify } from '../../components/notify.ts'
import { Input } from '../../components/ui/input.tsx'
import { app } from '../../text/app.ts'
import { files as text } from '../../text/files.ts'

const isName = (name: string): boolean => name !== '' && name !== '.' && name !== '..' && !/[/\0]/.test(name)

interface NewFolderProps {
  readonly service: string
  readonly folder: string
  readonly onDone: () => void
  readonly onClose: () => void
}

export const NewFolder = ({ service, folder, onDone, onClose }: NewFolderProps) => {
  const [name, setName] = useState('')
  return (
    <FormDialog
      title={text.newFolder}
      action={app.create}
      isReady={isName(name)}
      onClose={onClose}
      onSubmit={async () => {
        await makeFolder(service, folder, name)
        notify.done(text.folderMade(name))
        onDone()
      }}
    >
      <Field
        label={text.folderName}
        help={text.nameHelp}
        problems={name === '' || isName(name) ? undefined : text.badName}
      >
        {(control) => (
          <Input {...control} autoFocus autoComplete="off" value={name} onChange={(e) => setName(e.target.value)} />
        )}
      </Field>
    </FormDialog>
  )
}

interface PlaceProps {
  readonly service: string
  readonly entry: Entry
  /** The folder that it is in. */
  readonly folder: string
  /** A copy, which leaves the original where it is. */
  readonly keep: boolean
  readonly onDone: () => void
  readonly onClose: () => void
}

const asFolder = (typed: string): string => {
  const parts = typed.split('/').filter(Boolean)
  return parts.length === 0 ? '' : `${parts.join('/')}/`
}

export const PlaceDialog = ({ service, entry, folder, keep, onDone, onClose }: PlaceProps) => {
  const [target, setTarget] = useState(folder)
  const [name, setName] = useState(entry.name)
  const isSame = asFolder(target) === folder && name === entry.name
  const [touched, setTouched] = useState(false)
  const problem = isName(name) ? (isSame && touched ? text.samePlace : undefined) : text.badName
  return (
    <FormDialog
      title={keep ? text.copyTitle(entry.name) : text.moveTitle(entry.name)}
      action={keep ? text.copyAction : text.moveAction}
      isReady={isName(name) && !isSame}
      onClose={onClose}
      onSubmit={async () => {
        await placeEntry(service, entry, { folder: asFolder(target), name }, keep)
        notify.done(keep ? text.copied(entry.name) : text.moved(entry.name))
        onDone()
      }}
    >
      <Field label={text.newName} problems={problem}>
        {(control) => (
          <Input
            {...control}
            autoFocus
            autoComplete="off"
            value={name}
            onChange={(event) => {
              setTouched(true)
              setName(event.target.value)
            }}
          />
        )}
      </Field>
      <Field label={text.target} help={text.targetHelp}>
        {(control) => (
          <Input {...control} autoComplete="off" value={target} onChange={(event) => setTarget(event.target.value)} />
        )}
      </Field>
    </FormDialog>
  )
}
