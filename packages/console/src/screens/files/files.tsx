/** One folder of a service: what is in it, the way to it, and everything that can be done with it. */
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { Archive, File, Folder, FolderOpen, FolderPlus, Upload } from 'lucide-react'
import { useRef, useState } from 'react'
import { type Entry, folderKey, readEntry, removeEntry, useFolder } from '../../api/files.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { notify } from '../../components/notify.ts'
import { Page } from '../../components/page.tsx'
import { saveBlob } from '../../components/save-blob.ts'
import { bytesText } from '../../components/size.ts'
import { Time } from '../../components/time.tsx'
import { Button } from '../../components/ui/button.tsx'
import { app } from '../../text/app.ts'
import { files as text } from '../../text/files.ts'
import { Breadcrumbs } from './breadcrumbs.tsx'
import { NewFolder, PlaceDialog } from './dialogs.tsx'
import { DropZone } from './drop-zone.tsx'
import { type EntryAction, EntryMenu } from './entry-menu.tsx'
import { Preview } from './preview.tsx'
import { UploadPanel } from './upload-panel.tsx'
import { useUploads } from './uploads.ts'

export const Screen = () => {
  const { service } = useParams({ from: '/frame/files/$service' })
  // Another service is another page, with uploads of its own.
  return <Browser key={service} service={service} />
}

/** What is being done with an entry, or the making of a folder. */
type Doing = { readonly action: EntryAction; readonly entry: Entry } | { readonly action: 'folder' } | undefined

const COLUMNS: readonly Column<Entry>[] = [
  {
    id: 'name',
    header: text.name,
    value: ({ name }) => name,
    cell: ({ name, type }) => (
      <span className="flex items-center gap-2.5">
        {type === 'folder' ? (
          <Folder aria-label={text.folder} className="size-4 shrink-0 text-primary" />
        ) : (
          <File aria-hidden className="size-4 shrink-0 text-muted-foreground" />
        )}
        <span className="break-all font-medium">{name}</span>
      </span>
    ),
  },
  {
    id: 'size',
    header: text.size,
    value: ({ type, content_length: length }) => (type === 'file' ? (length ?? 0) : -1),
    cell: ({ type, content_length: length }) => (
      <span className="whitespace-nowrap tabular-nums">{type === 'file' ? bytesText(length ?? 0) : ''}</span>
    ),
    from: 'sm',
  },
  {
    id: 'kind',
    header: text.kind,
    value: ({ type, content_type: kind }) => (type === 'folder' ? text.folder : kind),
    from: 'lg',
  },
  {
    id: 'changed',
    header: text.changed,
    value: ({ last_modified: changed }) => (changed ? new Date(changed).getTime() : 0),
    cell: ({ last_modified: changed }) => (changed ? <Time value={new Date(changed).toISOString()} /> : null),
    from: 'md',
  },
]

/** Downloads are fetched, as links carry no session; how far they are is told where they were asked for. */
const useDownload = (service: string) => {
  const [running, setRunning] = useState<string>()
  const start = async (path: string, name: string, zip: boolean) => {
    setRunning(text.downloading(name, bytesText(0)))
    try {
      const bytes = await readEntry(service, path, {
        zip,
        onProgress: (read) => setRunning(text.downloading(name, bytesText(read))),
      })
      saveBlob(bytes, name)
    } catch (error) {
      notify.failed(error)
    } finally {
      setRunning(undefined)
    }
  }
  return { running, start }
}

const Browser = ({ service }: { readonly service: string }) => {
  const { path: folder = '' } = useSearch({ from: '/frame/files/$service' })
  const navigate = useNavigate()
  const client = useQueryClient()
  const { data: entries, error, refetch } = useFolder(service, folder)
  const uploads = useUploads(service)
  const download = useDownload(service)
  const [doing, setDoing] = useState<Doing>()
  const picker = useRef<HTMLInputElement>(null)
  const refresh = () => void client.invalidateQueries({ queryKey: folderKey(service) })
  const close = () => setDoing(undefined)
  const save = ({ path, name, type }: Entry) =>
    void download.start(path, type === 'folder' ? `${name}.zip` : name, type === 'folder')
  const open = (entry: Entry) => {
    if (entry.type === 'file') return setDoing({ action: 'look', entry })
    void navigate({ to: '/files/$service', params: { service }, search: { path: entry.path } })
  }
  const act = (action: EntryAction, entry: Entry) => (action === 'download' ? save(entry) : setDoing({ action, entry }))
  const wholeName = `${folder.split('/').filter(Boolean).at(-1) ?? service}.zip`
  const input = (
    <input
      ref={picker}
      type="file"
      multiple
      hidden
      aria-label={text.chooseFiles}
      onChange={({ target }) => {
        uploads.add(folder, [...(target.files ?? [])])
        target.value = ''
      }}
    />
  )
  const actions = (
    <>
      {entries && entries.length > 0 && (
        <Button
          variant="outline"
          disabled={download.running !== undefined}
          onClick={() => void download.start(folder, wholeName, true)}
        >
          <Archive />
          {text.wholeZip}
        </Button>
      )}
      <Button variant="outline" onClick={() => setDoing({ action: 'folder' })}>
        <FolderPlus />
        {text.newFolder}
      </Button>
      <Button onClick={() => picker.current?.click()}>
        <Upload />
        {text.upload}
      </Button>
      {input}
    </>
  )
  return (
    <Page title={service} back={{ to: '/files', label: text.title }} actions={actions}>
      <Breadcrumbs service={service} folder={folder} />
      <p className="text-muted-foreground text-xs tabular-nums empty:hidden" aria-live="polite">
        {download.running}
      </p>
      <DropZone onFiles={(files) => uploads.add(folder, files)}>
        <UploadPanel uploads={uploads} />
        <ErrorNotice title={text.failed} error={error} onRetry={() => void refetch()} />
        {entries?.length === 0 && !error && (
          <EmptyState icon={FolderOpen} title={text.empty.title} text={text.empty.text} />
        )}
        {!error && entries?.length !== 0 && (
          <DataTable
            key={folder}
            label={text.title}
            columns={COLUMNS}
            rows={entries}
            pageSize={0}
            idOf={({ path }) => path}
            nameOf={({ name }) => name}
            onOpen={open}
            actions={(entry) => <EntryMenu entry={entry} onAction={(action) => act(action, entry)} />}
          />
        )}
      </DropZone>
      {doing?.action === 'folder' && <NewFolder service={service} folder={folder} onDone={refresh} onClose={close} />}
      {doing?.action === 'look' && (
        <Preview service={service} entry={doing.entry} onClose={close} onDownload={() => save(doing.entry)} />
      )}
      {(doing?.action === 'move' || doing?.action === 'copy') && (
        <PlaceDialog
          service={service}
          entry={doing.entry}
          folder={folder}
          keep={doing.action === 'copy'}
          onDone={refresh}
          onClose={close}
        />
      )}
      {doing?.action === 'delete' && (
        <ConfirmDialog
          open
          onOpenChange={close}
          title={text.deleteAsk(doing.entry.name, doing.entry.type === 'folder')}
          text={text.deleteText}
          consequences={doing.entry.type === 'folder' ? text.deleteFolder : []}
          action={app.delete}
          onConfirm={async () => {
            await removeEntry(service, doing.entry)
            notify.done(text.deleted(doing.entry.name))
            refresh()
          }}
        />
      )}
    </Page>
  )
}
