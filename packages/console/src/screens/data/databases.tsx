/** The databases to look into. */
import { Link, useNavigate } from '@tanstack/react-router'
import { Database } from 'lucide-react'
import { useMemo } from 'react'
import { useList } from '../../api/resource.ts'
import { isOwn, services, useHealth, useServiceTypes } from '../../api/services.ts'
import type { Service } from '../../api/types.ts'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { Page } from '../../components/page.tsx'
import { Badge } from '../../components/ui/badge.tsx'
import { Button } from '../../components/ui/button.tsx'
import { data as text } from '../../text/data.ts'

/** What service types call their group when they hold tables. */
const GROUP = 'Database'

const useDatabases = (): readonly Service[] | undefined => {
  const { data: types } = useServiceTypes()
  const { data: listed } = useList(services)
  return useMemo(() => {
    if (!types || !listed) return undefined
    const named = new Set(types.filter(({ group }) => group === GROUP).map(({ name }) => name))
    return listed.resource.filter((one) => named.has(one.type) && !isOwn(one) && one.is_active)
  }, [types, listed])
}

export const Screen = () => {
  const databases = useDatabases()
  const { data: health } = useHealth()
  const navigate = useNavigate()
  const columns: readonly Column<Service>[] = [
    { id: 'name', header: text.name, value: ({ name }) => name, className: 'font-medium' },
    { id: 'label', header: text.label, value: ({ label }) => label, from: 'sm' },
    { id: 'type', header: text.kind, value: ({ type }) => type, from: 'sm' },
    {
      id: 'state',
      header: '',
      sortable: false,
      value: ({ name }) => (health?.get(name)?.state === 'down' ? 'down' : ''),
      cell: ({ name }) => (health?.get(name)?.state === 'down' ? <Badge tone="danger">down</Badge> : null),
    },
  ]
  return (
    <Page title={text.title} description={text.description}>
      {databases?.length === 0 ? (
        <EmptyState
          icon={Database}
          title={text.none.title}
          text={text.none.text}
          action={
            <Button asChild>
              <Link to="/services/new">{text.none.action}</Link>
            </Button>
          }
        />
      ) : (
        <DataTable
          label={text.title}
          columns={columns}
          rows={databases}
          idOf={({ name }) => name}
          nameOf={({ name }) => name}
          onOpen={({ name }) => void navigate({ to: '/data/$service', params: { service: name } })}
        />
      )}
    </Page>
  )
}
