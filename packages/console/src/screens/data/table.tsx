/** One table: its rows, and how it is made. */
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { calledOf, type Row, type TableSchema, useSchema } from '../../api/records.ts'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Page } from '../../components/page.tsx'
import { AddressTabs } from '../../components/ui/address-tabs.tsx'
import { Badge } from '../../components/ui/badge.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { TabsContent, TabsList, TabsTrigger } from '../../components/ui/tabs.tsx'
import { data as text } from '../../text/data.ts'
import { ExportMenu } from './export-menu.tsx'
import { FilterBar } from './filter-bar.tsx'
import { Grid } from './grid.tsx'
import { ImportDialog } from './import-dialog.tsx'
import { RowDialog } from './row-dialog.tsx'
import { Structure } from './schema/structure.tsx'

export const Screen = () => {
  const { service, table } = useParams({ from: '/frame/data/$service/$table' })
  const { data: schema, error, refetch } = useSchema(service, table)
  return (
    <Page
      title={table}
      badge={schema?.is_view && <Badge>{text.view}</Badge>}
      back={{ to: `/data/${encodeURIComponent(service)}`, label: service }}
      description={schema?.description ?? undefined}
    >
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!schema && !error && <Skeleton className="h-64" />}
      {/* Another table is another page, though the address is of one pattern. */}
      {schema && <Views key={`${service}/${table}`} service={service} schema={schema} />}
    </Page>
  )
}

const Views = ({ service, schema }: { readonly service: string; readonly schema: TableSchema }) => (
  <AddressTabs first="rows">
    <TabsList>
      <TabsTrigger value="rows">{text.rows}</TabsTrigger>
      <TabsTrigger value="structure">{text.structure}</TabsTrigger>
    </TabsList>
    <TabsContent value="rows" className="min-w-0">
      <Rows service={service} schema={schema} />
    </TabsContent>
    <TabsContent value="structure" className="min-w-0">
      <Structure service={service} schema={schema} />
    </TabsContent>
  </AddressTabs>
)

/** Which row is being looked at: one, a new one, or none. */
type Looking = Row | 'new' | undefined

const Rows = ({ service, schema }: { readonly service: string; readonly schema: TableSchema }) => {
  const { filter, order } = useSearch({ from: '/frame/data/$service/$table' })
  const navigate = useNavigate({ from: '/data/$service/$table' })
  const [looking, setLooking] = useState<Looking>()
  const table = calledOf(schema)
  const asked = { service, table, filter, order }
  const key = schema.is_view ? [] : (schema.primary_key ?? [])
  const note = schema.is_view ? text.isView : key.length === 0 ? text.readOnly : undefined
  const search = (changed: { filter?: string | undefined; order?: string | undefined }) =>
    void navigate({
      search: (now) => Object.fromEntries(Object.entries({ ...now, ...changed }).filter(([, value]) => value)),
    })
  return (
    <div className="grid min-w-0 gap-3">
      <div className="flex flex-wrap items-start gap-2">
        <FilterBar fields={schema.field} filter={filter ?? ''} onFilter={(next) => search({ filter: next })} />
        <div className="flex flex-wrap gap-2">
          <ExportMenu asked={asked} />
          {!schema.is_view && <ImportDialog service={service} table={table} />}
          {!schema.is_view && (
            <Button onClick={() => setLooking('new')}>
              <Plus />
              {text.newRow}
            </Button>
          )}
        </div>
      </div>
      {note && <p className="text-muted-foreground text-xs">{note}</p>}
      <Grid
        asked={asked}
        schema={schema}
        keyFields={key}
        onOrder={(next) => search({ order: next })}
        onOpen={setLooking}
      />
      {looking !== undefined && (
        <RowDialog
          service={service}
          schema={schema}
          keyFields={key}
          row={looking === 'new' ? undefined : looking}
          onClose={() => setLooking(undefined)}
        />
      )}
    </div>
  )
}
