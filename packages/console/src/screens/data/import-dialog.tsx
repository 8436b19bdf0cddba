import { useQueryClient } from '@tanstack/react-query'
import { Upload } from 'lucide-react'
import { useRef, useState } from 'react'
import { importRows, importType } from '../../api/import-rows.ts'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Field } from '../../components/field.tsx'
import { notify } from '../../components/notify.ts'
import { bytesText } from '../../components/size.ts'
import { Button } from '../../components/ui/button.tsx'
import { Dialog, DialogContent, DialogTrigger } from '../../components/ui/dialog.tsx'
import { Input } from '../../components/ui/input.tsx'
import { app } from '../../text/app.ts'
import { data } from '../../text/data.ts'

const text = data.import

interface ImportProps {
  readonly service: string
  readonly table: string
}

/** Rows from a file, all of them or none. */
export const ImportDialog = (props: ImportProps) => {
  const [open, setOpen] = useState(false)
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger asChild>
        <Button variant="outline">
          <Upload />
          {text.label}
        </Button>
      </DialogTrigger>
      {open && <Import {...props} onClose={() => setOpen(false)} />}
    </Dialog>
  )
}

const Import = ({ service, table, onClose }: ImportProps & { readonly onClose: () => void }) => {
  const client = useQueryClient()
  const [file, setFile] = useState<File>()
  const [sent, setSent] = useState<number>()
  const [error, setError] = useState<unknown>()
  const leaving = useRef(new AbortController())
  const known = !file || importType(file.name) !== undefined
  const start = async () => {
    if (!file) return
    setError(undefined)
    setSent(0)
    leaving.current = new AbortController()
    try {
      const { signal } = leaving.current
      notify.done(text.done(await importRows(service, table, file, { onProgress: setSent, signal })))
      await client.invalidateQueries({ queryKey: ['rows', service, table] })
      onClose()
    } catch (problem) {
      if (!leaving.current.signal.aborted) setError(problem)
    } finally {
      setSent(undefined)
    }
  }
  const running = sent !== undefined
  return (
    <DialogContent
      title={text.title(table)}
      description={text.text}
      onInteractOutside={(event) => running && event.preventDefault()}
      footer={
        <>
          <Button variant="outline" onClick={running ? () => leaving.current.abort() : onClose}>
            {running ? text.stop : app.cancel}
          </Button>
          <Button disabled={!file || !known || running} onClick={() => void start()}>
            {text.start}
          </Button>
        </>
      }
    >
      <Field label={text.file} problems={known ? undefined : text.unknown}>
        {(control) => (
          <Input
            {...control}
            type="file"
            accept=".csv,.ndjson,.jsonl"
            className="py-1.5"
            disabled={running}
            onChange={(event) => setFile(event.target.files?.[0])}
          />
        )}
      </Field>
      {running && file && (
        <div className="grid gap-1.5">
          <progress aria-label={text.progress} className="h-2 w-full accent-primary" max={file.size} value={sent} />
          <p className="text-muted-foreground text-xs tabular-nums" aria-live="polite">
            {sent >= file.size ? text.waiting : text.sent(bytesText(sent), bytesText(file.size))}
          </p>
        </div>
      )}
      <ErrorNotice error={error} />
    </DialogContent>
  )
}
