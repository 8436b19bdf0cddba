/** What services keep of their sources, and how it is forgotten. */
import { Eraser } from 'lucide-react'
import { type Keeping, useCaches, useFlush } from '../../api/operations.ts'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { notify } from '../../components/notify.ts'
import { Button } from '../../components/ui/button.tsx'
import { system } from '../../text/operations.ts'

const { caches: text } = system

const COLUMNS: readonly Column<Keeping>[] = [
  { id: 'name', header: text.service, value: ({ name }) => name, className: 'font-medium' },
  { id: 'label', header: text.label, value: ({ label }) => label, from: 'sm' },
  { id: 'type', header: text.type, value: ({ type }) => type, filter: true, from: 'md' },
]

export const Caches = () => {
  const { data, error, refetch } = useCaches()
  const { mutate, isPending } = useFlush()
  const flush = (name?: string) =>
    mutate(name, {
      onSuccess: () => notify.done(name === undefined ? text.flushedAll : text.flushed(name)),
      onError: notify.failed,
    })
  return (
    <section aria-labelledby="caches" className="grid gap-3">
      <div className="flex flex-wrap items-end justify-between gap-3">
        <div className="grid gap-0.5">
          <h2 id="caches" className="font-semibold text-base">
            {text.title}
          </h2>
          <p className="max-w-3xl text-muted-foreground">{text.about}</p>
        </div>
        <Button variant="outline" disabled={isPending || !data} onClick={() => flush()}>
          <Eraser />
          {text.flushAll}
        </Button>
      </div>
      <ErrorNotice error={error} title={text.failed} onRetry={() => void refetch()} />
      {!error && (
        <DataTable
          label={text.title}
          columns={COLUMNS}
          rows={data}
          idOf={({ name }) => name}
          nameOf={({ name }) => name}
          actions={({ name }) => (
            <Button
              variant="ghost"
              size="sm"
              aria-label={text.flushOne(name)}
              disabled={isPending}
              onClick={() => flush(name)}
            >
              {text.flush}
            </Button>
          )}
        />
      )}
    </section>
  )
}
