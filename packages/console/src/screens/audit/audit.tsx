/** Who changed what. */
import { FileClock } from 'lucide-react'
import { useDeferredValue, useMemo, useState } from 'react'
import { type AuditEntry, useAudit } from '../../api/operations.ts'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Page } from '../../components/page.tsx'
import { Time } from '../../components/time.tsx'
import { Badge } from '../../components/ui/badge.tsx'
import { Button } from '../../components/ui/button.tsx'
import { app } from '../../text/app.ts'
import { audit as text } from '../../text/operations.ts'
import { EntryDialog, whoOf } from './entry-dialog.tsx'
import { EVERYTHING, Filters, filterOf } from './filters.tsx'

const TONES = { create: 'success', update: 'primary', delete: 'danger' } as const

const nameOf = ({ record_name: name, record_id: id }: AuditEntry): string => name ?? id ?? ''

const COLUMNS: readonly Column<AuditEntry>[] = [
  { id: 'time', header: text.time, value: ({ time }) => time, cell: ({ time }) => <Time value={time} />, from: 'sm' },
  {
    id: 'action',
    header: text.action,
    value: ({ action }) => text.actions[action],
    cell: ({ action }) => <Badge tone={TONES[action]}>{text.actions[action]}</Badge>,
  },
  { id: 'resource', header: text.resource, value: ({ resource }) => resource },
  { id: 'record', header: text.record, value: nameOf, className: 'max-w-64 truncate font-medium' },
  { id: 'who', header: text.who, value: whoOf, from: 'md', className: 'max-w-56 truncate' },
  {
    id: 'fields',
    header: text.fields,
    value: ({ changes }) => Object.keys(changes ?? {}).join(', '),
    from: 'lg',
    className: 'max-w-80 truncate text-muted-foreground',
  },
]

export const Screen = () => {
  const [wanted, setWanted] = useState(EVERYTHING)
  const filter = filterOf(useDeferredValue(wanted))
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useAudit(filter)
  const [open, setOpen] = useState<AuditEntry>()
  const entries = useMemo(() => data?.pages.flat(), [data])
  const isEmpty = entries?.length === 0
  return (
    <Page title={app.pages.audit} description={text.about}>
      <Filters wanted={wanted} onChange={setWanted} />
      <ErrorNotice error={error} title={text.failed} onRetry={() => void refetch()} />
      {isEmpty && filter === undefined && <EmptyState icon={FileClock} {...text.empty} />}
      {isEmpty && filter !== undefined && (
        <p role="status" className="rounded-xl border bg-surface px-4 py-10 text-center text-muted-foreground">
          {text.nothing}
        </p>
      )}
      {!error && !isEmpty && (
        <DataTable
          label={app.pages.audit}
          columns={COLUMNS}
          rows={entries}
          idOf={({ id }) => String(id)}
          nameOf={(entry) => `${entry.resource} ${nameOf(entry)}`}
          onOpen={setOpen}
          pageSize={0}
          searchable={false}
        />
      )}
      {hasNextPage && (
        <Button
          variant="outline"
          className="justify-self-center"
          disabled={isFetchingNextPage}
          onClick={() => void fetchNextPage()}
        >
          {text.older}
        </Button>
      )}
      <EntryDialog entry={open} onClose={() => setOpen(undefined)} />
    </Page>
  )
}
