import { X } from 'lucide-react'
import { messageOf } from '../../components/error-notice.tsx'
import { bytesText } from '../../components/size.ts'
import { Button } from '../../components/ui/button.tsx'
import { Card } from '../../components/ui/card.tsx'
import { files } from '../../text/files.ts'
import type { Upload, Uploads } from './uploads.ts'

const text = files.uploads

/** How each upload fares, and what can be done about it. */
export const UploadPanel = ({ uploads }: { readonly uploads: Uploads }) => {
  const { list, clear } = uploads
  if (list.length === 0) return null
  const done = list.filter(({ state }) => state === 'done').length
  return (
    <Card
      title={text.title}
      description={<span aria-live="polite">{text.summary(done, list.length)}</span>}
      actions={
        <Button variant="ghost" size="sm" onClick={clear}>
          {text.clear}
        </Button>
      }
    >
      <ul className="grid max-h-72 gap-3 overflow-y-auto" aria-label={text.title}>
        {list.map((upload) => (
          <UploadRow key={upload.id} upload={upload} uploads={uploads} />
        ))}
      </ul>
    </Card>
  )
}

const told = ({ state, sent, file, error }: Upload): string => {
  if (state === 'running')
    return sent >= file.size && file.size > 0 ? text.storing : text.running(bytesText(sent), bytesText(file.size))
  return state === 'failed' ? messageOf(error) : text[state]
}

const UploadRow = ({ upload, uploads }: { readonly upload: Upload; readonly uploads: Uploads }) => {
  const { id, file, folder, state, sent } = upload
  const isOpen = state === 'waiting' || state === 'running'
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3 gap-y-1">
      <div className="grid min-w-0 gap-1">
        <p className="break-all">
          {folder && <span className="text-muted-foreground">{folder}</span>}
          {file.name}
        </p>
        {state === 'running' && (
          <progress
            aria-label={text.progress(file.name)}
            className="h-1.5 w-full accent-primary"
            max={Math.max(file.size, 1)}
            value={sent}
          />
        )}
        <p className={`text-xs ${state === 'failed' || state === 'exists' ? 'text-danger' : 'text-muted-foreground'}`}>
          {told(upload)}
        </p>
      </div>
      {state === 'exists' && (
        <Button variant="outline" size="sm" aria-label={text.replaceOne(file.name)} onClick={() => uploads.replace(id)}>
          {text.replace}
        </Button>
      )}
      {isOpen && (
        <Button variant="ghost" size="icon-sm" aria-label={text.stop(file.name)} onClick={() => uploads.stop(id)}>
          <X />
        </Button>
      )}
    </li>
  )
}
