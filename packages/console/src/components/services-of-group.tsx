/** The services of one group, to choose one to look into. */
import { Link, useNavigate } from '@tanstack/react-router'
import type { LucideIcon } from 'lucide-react'
import { useMemo } from 'react'
import { useList } from '../api/resource.ts'
import { isOwn, services, useHealth, useServiceTypes } from '../api/services.ts'
import type { Service } from '../api/types.ts'
import { app } from '../text/app.ts'
import { type Column, DataTable } from './data-table.tsx'
import { EmptyState } from './empty-state.tsx'
import { ErrorNotice } from './error-notice.tsx'
import { Page } from './page.tsx'
import { Badge } from './ui/badge.tsx'
import { Button } from './ui/button.tsx'

interface ServicesOfGroupProps {
  /** What service types call their group. */
  readonly group: string
  readonly icon: LucideIcon
  readonly text: {
    readonly title: string
    readonly description: string
    readonly none: { readonly title: string; readonly text: string; readonly action: string }
  }
  /** Where a service of them is looked into: its name is added. */
  readonly path: '/data' | '/files'
}

export const ServicesOfGroup = ({ group, icon, text, path }: ServicesOfGroupProps) => {
  const { data: types } = useServiceTypes()
  const { data: listed, error, refetch } = useList(services)
  const { data: health } = useHealth()
  const navigate = useNavigate()
  const labels = useMemo(
    () => types && new Map(types.filter((one) => one.group === group).map(({ name, label }) => [name, label])),
    [types, group],
  )
  const rows = useMemo(
    () => labels && listed?.resource.filter((one) => labels.has(one.type) && !isOwn(one) && one.is_active),
    [labels, listed],
  )
  const isDown = ({ name }: Service): boolean => health?.get(name)?.state === 'down'
  const columns: readonly Column<Service>[] = [
    { id: 'name', header: app.services.name, value: ({ name }) => name, className: 'font-medium' },
    { id: 'label', header: app.services.label, value: ({ label }) => label, from: 'sm' },
    { id: 'kind', header: app.services.kind, value: ({ type }) => labels?.get(type) ?? type, from: 'sm' },
    {
      id: 'state',
      header: '',
      sortable: false,
      value: (service) => (isDown(service) ? app.services.down : ''),
      cell: (service) => (isDown(service) ? <Badge tone="danger">{app.services.down}</Badge> : null),
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
        <EmptyState icon={icon} title={text.none.title} text={text.none.text} action={connect} />
      ) : (
        <DataTable
          label={text.title}
          columns={columns}
          rows={rows}
          idOf={({ name }) => name}
          nameOf={({ name }) => name}
          onOpen={({ name }) => void navigate({ to: `${path}/$service`, params: { service: name } })}
        />
      )}
    </Page>
  )
}
