/** All services, or those of one category: how they are, and the switch for each. */
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Copy, MoreHorizontal, Plug, Plus, Settings2, Trash2 } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useList, useSave } from '../../api/resource.ts'
import { isOwn, services, useHealth, useServiceTypes } from '../../api/services.ts'
import type { Service } from '../../api/types.ts'
import { groupIcon, groupLabel } from '../../app/navigation.ts'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { notify } from '../../components/notify.ts'
import { Page } from '../../components/page.tsx'
import { Button } from '../../components/ui/button.tsx'
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '../../components/ui/dropdown-menu.tsx'
import { StatusDot } from '../../components/ui/status-dot.tsx'
import { Switch } from '../../components/ui/switch.tsx'
import { app } from '../../text/app.ts'
import { services as text } from '../../text/services.ts'
import { RemoveService } from './remove-service.tsx'
import { stateOf } from './state.ts'

export const Screen = () => {
  const { group } = useSearch({ from: '/frame/services' })
  const navigate = useNavigate()
  const { data, error, refetch } = useList(services)
  const { data: types } = useServiceTypes()
  const columns = useColumns()
  const [removing, setRemoving] = useState<Service>()
  const groupOf = useMemo(() => new Map(types?.map((type) => [type.name, type.group])), [types])
  const rows = data?.resource
    .filter((one) => group === undefined || (groupOf.get(one.type) ?? 'Other') === group)
    // What has no settings has no page either; what belongs to the gateway comes last.
    .filter((one) => !(isOwn(one) && types && !groupOf.has(one.type)))
    .toSorted((one, other) => Number(isOwn(one)) - Number(isOwn(other)))
  const isFirst = group === undefined ? rows?.every(isOwn) : rows?.length === 0
  const create = (
    <Button asChild>
      <Link to="/services/new">
        <Plus />
        {text.new}
      </Link>
    </Button>
  )
  const empty =
    group === undefined
      ? { icon: Plug, title: text.empty.title, text: text.empty.text }
      : { icon: groupIcon(group), title: text.empty.group(groupLabel(group)), text: text.empty.groupText }
  return (
    <Page
      title={group === undefined ? text.title : groupLabel(group)}
      description={text.about}
      actions={!isFirst && create}
    >
      <ErrorNotice error={error} title={text.failedToRead} onRetry={() => void refetch()} />
      {isFirst && <EmptyState {...empty} action={create} />}
      {!error && !(isFirst && rows?.length === 0) && (
        <DataTable
          label={text.title}
          columns={columns}
          rows={rows}
          idOf={({ id }) => String(id)}
          nameOf={({ name }) => name}
          searchable={(rows?.length ?? 0) > 5}
          onOpen={({ name }) => void navigate({ to: '/services/$name', params: { name } })}
          actions={(row) => <Actions row={row} onRemove={() => setRemoving(row)} />}
        />
      )}
      <RemoveService service={removing} onClose={() => setRemoving(undefined)} />
    </Page>
  )
}

const useColumns = (): readonly Column<Service>[] => {
  const { data: types } = useServiceTypes()
  const { data: health } = useHealth()
  const { mutate, isPending } = useSave(services)
  return useMemo(() => {
    const typeOf = new Map(types?.map((type) => [type.name, type]))
    const category = (row: Service) => (isOwn(row) ? text.own : groupLabel(typeOf.get(row.type)?.group ?? ''))
    const state = (row: Service) => stateOf(row, health?.get(row.name))
    const toggle = ({ id, name }: Service, on: boolean) =>
      mutate(
        { id, values: { is_active: on } },
        { onSuccess: () => notify.done(text.switched(name, on)), onError: notify.failed },
      )
    return [
      {
        id: 'name',
        header: text.columns.name,
        value: ({ name, label }) => `${name} ${label ?? ''}`,
        cell: (row) => {
          const Icon = groupIcon(typeOf.get(row.type)?.group ?? '')
          return (
            <span className="flex items-center gap-3">
              <Icon aria-hidden className="size-4.5 shrink-0 text-muted-foreground" />
              <span className="grid">
                <span className="flex items-center gap-2 font-medium">
                  {row.label || row.name}
                  <StatusDot {...state(row)} className="sm:hidden" />
                </span>
                <span className="font-mono text-muted-foreground text-xs">{row.name}</span>
              </span>
            </span>
          )
        },
      },
      { id: 'type', header: text.columns.type, value: ({ type }) => typeOf.get(type)?.label ?? type, from: 'md' },
      { id: 'category', header: text.columns.category, value: category, from: 'lg' },
      {
        id: 'state',
        header: text.columns.state,
        value: (row) => state(row).label,
        from: 'sm',
        cell: (row) => {
          const { tone, label } = state(row)
          return (
            <span className="flex items-center gap-2" title={health?.get(row.name)?.reason}>
              <StatusDot tone={tone} label="" />
              {label}
            </span>
          )
        },
      },
      {
        id: 'active',
        header: text.columns.active,
        value: ({ is_active }) => is_active,
        cell: (row) =>
          !isOwn(row) && (
            <Switch
              aria-label={text.active(row.name)}
              checked={row.is_active}
              disabled={isPending || !row.mutable}
              onCheckedChange={(on) => toggle(row, on)}
            />
          ),
      },
    ]
  }, [types, health, mutate, isPending])
}

const Actions = ({ row, onRemove }: { readonly row: Service; readonly onRemove: () => void }) => {
  const navigate = useNavigate()
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="ghost" size="icon-sm" aria-label={text.menu(row.name)}>
          <MoreHorizontal />
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent>
        <DropdownMenuItem onSelect={() => void navigate({ to: '/services/$name', params: { name: row.name } })}>
          <Settings2 />
          {app.edit}
        </DropdownMenuItem>
        {!isOwn(row) && (
          <>
            <DropdownMenuItem onSelect={() => void navigate({ to: '/services/new', search: { from: row.name } })}>
              <Copy />
              {text.duplicate}
            </DropdownMenuItem>
            {row.deletable && (
              <>
                <DropdownMenuSeparator />
                <DropdownMenuItem danger onSelect={onRemove}>
                  <Trash2 />
                  {app.delete}
                </DropdownMenuItem>
              </>
            )}
          </>
        )}
      </DropdownMenuContent>
    </DropdownMenu>
  )
}
