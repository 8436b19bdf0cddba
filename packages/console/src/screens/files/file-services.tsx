/** The services that keep files, by the group that their type names. */
import { Link, useNavigate } from '@tanstack/react-router'
import { FolderOpen } from 'lucide-react'
import { useMemo } from 'react'
import { useList } from '../../api/resource.ts'
import { services, useHealth, useServiceTypes } from '../../api/services.ts'
import type { Service } from '../../api/types.ts'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Page } from '../../components/page.tsx'
import { Badge } from '../../components/ui/badge.tsx'
import { Button } from '../../components/ui/button.tsx'
import { files as text } from '../../text/files.ts'

/** What service types call their group when they keep files. */
const GROUP = 'File'

export const Screen = () => {
  const { data: types } = useServiceTypes()
  const { data: listed, error, refetch } = useList(services)
  const { data: health } = useHealth()
  const navigate = useNavigate()
  const rows = useMemo(() => {
    if (!types || !listed) return undefined
    const named = new Set(types.filter(({ group }) => group === GROUP).map(({ name }) => name))
    return listed.resource.filter(({ type, is_active: active }) => named.has(type) && active)
  }, [types, listed])
  const isDown = ({ name }: Service): boolean => health?.get(name)?.state === 'down'
  const kindOf = ({ type }: Service): string => types?.find(({ name }) => name === type)?.label ?? type
  const columns: readonly Column<Service>[] = [
    { id: 'name', header: text.name, value: ({ name }) => name, className: 'font-medium' },
    { id: 'label', header: text.label, value: ({ label }) => label, from: 'sm' },
    { id: 'kind', header: text.kind, value: kindOf, from: 'sm' },
    {
      id: 'state',
      header: '',
      sortable: false,
      value: (service) => (isDown(service) ? text.down : ''),
      cell: (service) => (isDown(service) ? <Badge tone="danger">{text.down}</Badge> : null),
    },
  ]
  const connect = (
    <Button asChild>
      <Link to="/services/new">{text.none.action}</Link>
    </Button>
  )
  return (
    <Page title={text.title} description={text.description}>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {rows?.length === 0 ? (
        <EmptyState icon={FolderOpen} title={text.none.title} text={text.none.text} action={connect} />
      ) : (
        <DataTable
          label={text.title}
          columns={columns}
          rows={rows}
          idOf={({ name }) => name}
          nameOf={({ name }) => name}
          onOpen={({ name }) => void navigate({ to: '/files/$service', params: { service: name } })}
        />
      )}
    </Page>
  )
}
