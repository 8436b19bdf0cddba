/** The tables of one database, as a list and as a picture. */
import { useNavigate, useParams } from '@tanstack/react-router'
import { Table2 } from 'lucide-react'
import { type TableName, useTables } from '../../api/records.ts'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Page } from '../../components/page.tsx'
import { AddressTabs } from '../../components/ui/address-tabs.tsx'
import { TabsContent, TabsList, TabsTrigger } from '../../components/ui/tabs.tsx'
import { data as text } from '../../text/data.ts'
import { NewTable } from './schema/new-table.tsx'
import { Picture } from './schema/picture.tsx'

export const Screen = () => {
  const { service } = useParams({ from: '/frame/data/$service' })
  return (
    <Page title={service} back={{ to: '/data', label: text.title }} actions={<NewTable service={service} />}>
      <AddressTabs first="tables">
        <TabsList>
          <TabsTrigger value="tables">{text.tables}</TabsTrigger>
          <TabsTrigger value="picture">{text.picture}</TabsTrigger>
        </TabsList>
        <TabsContent value="tables">
          <Tables service={service} />
        </TabsContent>
        <TabsContent value="picture">
          <Picture service={service} />
        </TabsContent>
      </AddressTabs>
    </Page>
  )
}

const COLUMNS: readonly Column<TableName>[] = [
  { id: 'name', header: text.name, value: ({ name }) => name, className: 'font-medium' },
  { id: 'label', header: text.label, value: ({ name, label }) => (label === name ? '' : label), from: 'sm' },
  { id: 'kind', header: text.kind, value: ({ is_view }) => (is_view ? text.view : text.table), from: 'sm' },
]

const Tables = ({ service }: { readonly service: string }) => {
  const { data: tables, error, refetch } = useTables(service)
  const navigate = useNavigate()
  if (error) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  if (tables?.length === 0) return <EmptyState icon={Table2} title={text.noTables.title} text={text.noTables.text} />
  return (
    <DataTable
      label={text.tables}
      columns={COLUMNS}
      rows={tables}
      pageSize={0}
      idOf={({ name }) => name}
      nameOf={({ name }) => name}
      onOpen={({ name }) => void navigate({ to: '/data/$service/$table', params: { service, table: name } })}
    />
  )
}
