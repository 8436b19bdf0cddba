/** The page of one service: how it is, its first call, its settings. */
import { useNavigate, useParams } from '@tanstack/react-router'
import { Copy, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useList, useSave } from '../../api/resource.ts'
import { isOwn, services, useHealth, useServiceTypes } from '../../api/services.ts'
import type { Service, ServiceType } from '../../api/types.ts'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { notify } from '../../components/notify.ts'
import { Page } from '../../components/page.tsx'
import { AddressTabs } from '../../components/ui/address-tabs.tsx'
import { Badge } from '../../components/ui/badge.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { StatusDot } from '../../components/ui/status-dot.tsx'
import { Switch } from '../../components/ui/switch.tsx'
import { TabsContent, TabsList, TabsTrigger } from '../../components/ui/tabs.tsx'
import { app } from '../../text/app.ts'
import { services as text } from '../../text/services.ts'
import { FirstCall } from './first-call.tsx'
import { RemoveService } from './remove-service.tsx'
import { changedSettings, ServiceForm, valuesOf } from './service-form.tsx'
import { stateOf } from './state.ts'

const BACK = { to: '/services', label: text.title }

export const Screen = () => {
  const { name } = useParams({ from: '/frame/services/$name' })
  const listed = useList(services)
  const types = useServiceTypes()
  const service = listed.data?.resource.find((one) => one.name === name)
  const error = listed.error ?? types.error
  if (service && types.data)
    return <Loaded key={service.id} service={service} type={types.data.find((one) => one.name === service.type)} />
  return (
    <Page title={name} back={BACK}>
      {error || listed.data ? (
        <ErrorNotice
          error={error ?? new Error(text.missing(name))}
          onRetry={() => void Promise.all([listed.refetch(), types.refetch()])}
        />
      ) : (
        <Skeleton className="h-72" />
      )}
    </Page>
  )
}

interface LoadedProps {
  readonly service: Service
  /** `undefined`: its connector is missing, or it is the gateway's own. */
  readonly type: ServiceType | undefined
}

const Loaded = ({ service, type }: LoadedProps) => {
  const navigate = useNavigate()
  const { data: health } = useHealth()
  const { mutate, isPending } = useSave(services)
  const [isRemoving, setRemoving] = useState(false)
  const known = health?.get(service.name)
  const { tone, label } = stateOf(service, known)
  const own = isOwn(service)
  const toList = () => void navigate({ to: '/services' })
  const toggle = (on: boolean) =>
    mutate(
      { id: service.id, values: { is_active: on } },
      { onSuccess: () => notify.done(text.switched(service.name, on)), onError: notify.failed },
    )
  const actions = !own && (
    <>
      {service.mutable && (
        <span className="mr-1 flex items-center gap-2">
          <Switch
            id="service-active"
            aria-label={text.active(service.name)}
            checked={service.is_active}
            disabled={isPending}
            onCheckedChange={toggle}
          />
          <span aria-hidden className="text-muted-foreground">
            {text.make.active}
          </span>
        </span>
      )}
      <Button
        variant="outline"
        size="sm"
        onClick={() => void navigate({ to: '/services/new', search: { from: service.name } })}
      >
        <Copy />
        {text.duplicate}
      </Button>
      {service.deletable && (
        <Button variant="outline" size="sm" onClick={() => setRemoving(true)}>
          <Trash2 className="text-danger" />
          {app.delete}
        </Button>
      )}
    </>
  )
  return (
    <Page
      title={service.label || service.name}
      badge={
        <>
          <Badge>{type?.label ?? service.type}</Badge>
          <span className="flex items-center gap-1.5 text-muted-foreground text-xs">
            <StatusDot tone={tone} label="" />
            {label}
          </span>
        </>
      }
      description={service.description || undefined}
      back={BACK}
      actions={actions}
    >
      {service.is_active && known?.state === 'down' && (
        <ErrorNotice error={new Error(known.reason ?? text.page.down)} title={text.page.down} />
      )}
      {!service.mutable && <p className="rounded-lg bg-muted px-3.5 py-3 text-muted-foreground">{text.managed}</p>}
      <AddressTabs first="try">
        <TabsList>
          <TabsTrigger value="try">{text.page.tryIt}</TabsTrigger>
          {type && <TabsTrigger value="settings">{text.page.settings}</TabsTrigger>}
        </TabsList>
        <TabsContent value="try">
          <FirstCall service={service} />
        </TabsContent>
        {type && (
          <TabsContent value="settings" className="max-w-3xl">
            <Settings key={service.last_modified_date} service={service} type={type} onCancel={toList} />
          </TabsContent>
        )}
      </AddressTabs>
      <RemoveService service={isRemoving ? service : undefined} onClose={() => setRemoving(false)} onRemoved={toList} />
    </Page>
  )
}

interface SettingsProps {
  readonly service: Service
  readonly type: ServiceType
  readonly onCancel: () => void
}

const Settings = ({ service, type, onCancel }: SettingsProps) => {
  const navigate = useNavigate()
  const { data } = useList(services)
  const { mutateAsync } = useSave(services)
  const [initial] = useState(() => valuesOf(service))
  const others = data?.resource.filter(({ id }) => id !== service.id).map(({ name }) => name) ?? []
  return (
    <ServiceForm
      type={type}
      id={service.id}
      initial={initial}
      taken={others}
      disabled={!service.mutable}
      keepsName={!service.deletable}
      submitLabel={text.make.save}
      onCancel={onCancel}
      onSubmit={async ({ name, label, description, config }) => {
        const changed = changedSettings(config, initial.config)
        const values = {
          ...(name !== initial.name && { name }),
          label: label || name,
          description,
          ...(Object.keys(changed).length > 0 && { config: changed }),
        }
        const saved = await mutateAsync({ id: service.id, values })
        notify.done(text.make.saved(saved.label || saved.name))
        if (saved.name !== service.name)
          await navigate({ to: '/services/$name', params: { name: saved.name }, replace: true, ignoreBlocker: true })
      }}
      onDone={() => undefined}
    />
  )
}
