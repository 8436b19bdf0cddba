/** The packages that are installed, and whether they are of use. */
import { Plug } from 'lucide-react'
import { useState } from 'react'
import { type Connector, useConnectors } from '../../api/operations.ts'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Page } from '../../components/page.tsx'
import { Badge } from '../../components/ui/badge.tsx'
import { app } from '../../text/app.ts'
import { connectors as text } from '../../text/operations.ts'
import { ConnectorDialog } from './connector-dialog.tsx'

const hasReport = ({ conformance }: Connector): boolean => conformance !== null && conformance !== undefined

const COLUMNS: readonly Column<Connector>[] = [
  {
    id: 'name',
    header: text.name,
    value: ({ name }) => name,
    cell: ({ name }) => <code className="break-all font-mono text-[0.8125rem]">{name}</code>,
  },
  { id: 'version', header: text.version, value: ({ version }) => version, className: 'tabular-nums' },
  { id: 'types', header: text.types, value: (row) => row.service_types.join(', '), from: 'md' },
  { id: 'contract', header: text.contract, value: ({ contract }) => contract, from: 'lg' },
  {
    id: 'state',
    header: text.state,
    value: ({ state }) => text.states[state],
    filter: true,
    cell: ({ state }) => <Badge tone={state === 'usable' ? 'success' : 'danger'}>{text.states[state]}</Badge>,
  },
  {
    id: 'report',
    header: text.report,
    value: (row) => (hasReport(row) ? text.reported : text.unreported),
    filter: true,
    from: 'sm',
    cell: (row) => (
      <Badge tone={hasReport(row) ? 'primary' : 'neutral'}>{hasReport(row) ? text.reported : text.unreported}</Badge>
    ),
  },
]

export const Screen = () => {
  const { data, error, refetch } = useConnectors()
  const [open, setOpen] = useState<Connector>()
  return (
    <Page title={app.pages.connectors} description={text.about}>
      <ErrorNotice error={error} title={text.failed} onRetry={() => void refetch()} />
      {data?.length === 0 && <EmptyState icon={Plug} {...text.empty} />}
      {!error && data?.length !== 0 && (
        <DataTable
          label={app.pages.connectors}
          columns={COLUMNS}
          rows={data}
          idOf={({ name }) => name}
          nameOf={({ name }) => name}
          onOpen={setOpen}
        />
      )}
      <ConnectorDialog connector={open} onClose={() => setOpen(undefined)} />
    </Page>
  )
}
