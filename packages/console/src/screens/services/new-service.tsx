/** Making a service: what it is, then its name and settings. A copy begins with the settings of another. */
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useList, useSave } from '../../api/resource.ts'
import { isOwn, services, useServiceTypes } from '../../api/services.ts'
import type { Service, ServiceType } from '../../api/types.ts'
import { groupIcon } from '../../app/navigation.ts'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { notify } from '../../components/notify.ts'
import { Page } from '../../components/page.tsx'
import { MASK, type Values } from '../../components/schema-form/schema.ts'
import { Button } from '../../components/ui/button.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { services as text } from '../../text/services.ts'
import { givenSettings, ServiceForm, type ServiceValues, valuesOf } from './service-form.tsx'
import { TypeChooser } from './type-chooser.tsx'

const BACK = { to: '/services', label: text.title }

export const Screen = () => {
  const { type: name, from } = useSearch({ from: '/frame/services/new' })
  const types = useServiceTypes()
  const listed = useList(services)
  const existing = listed.data?.resource
  const error = types.error ?? listed.error
  const original = existing?.find((one) => one.name === from)
  const type = types.data?.find((one) => one.name === (original?.type ?? name))
  if (types.data && existing && type)
    return <Make key={type.name} type={type} existing={existing} original={original} />
  const isFirst = existing?.every(isOwn) ?? false
  return (
    <Page
      title={isFirst ? text.choose.first : text.choose.title}
      {...(isFirst && { description: text.empty.text })}
      back={BACK}
    >
      <ErrorNotice error={error} onRetry={() => void Promise.all([types.refetch(), listed.refetch()])} />
      {types.data && existing ? (
        <TypeChooser types={types.data} existing={existing} />
      ) : (
        !error && <Skeleton className="h-60" />
      )}
    </Page>
  )
}

/** A copy has everything but what nobody can read. */
const withoutSecrets = (values: Values): Values =>
  Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== null && !JSON.stringify(value).includes(MASK)),
  )

const freeName = (name: string, taken: readonly string[]): string => {
  for (let number = 2; ; number++) if (!taken.includes(`${name}-${number}`)) return `${name}-${number}`
}

const beginningOf = (original: Service | undefined, taken: readonly string[]): ServiceValues => {
  if (!original) return { name: '', label: '', description: '', config: {} }
  const { config, label, description } = valuesOf(original)
  return {
    name: freeName(original.name, taken),
    label: label && `${label} 2`,
    description,
    config: withoutSecrets(config),
  }
}

interface MakeProps {
  readonly type: ServiceType
  readonly existing: readonly Service[]
  readonly original: Service | undefined
}

const Make = ({ type, existing, original }: MakeProps) => {
  const navigate = useNavigate()
  const { mutateAsync } = useSave(services)
  const [taken] = useState(() => existing.map(({ name }) => name))
  const [initial] = useState(() => beginningOf(original, taken))
  const [made, setMade] = useState('')
  const Icon = groupIcon(type.group)
  const hidden = original && JSON.stringify(original.config).includes(MASK)
  return (
    <Page
      title={original ? text.make.copy(original.name) : text.make.title(type.label)}
      badge={<Icon aria-hidden className="size-5 text-muted-foreground" />}
      description={hidden ? text.make.copySecrets : type.description}
      back={BACK}
      width="form"
      actions={
        !original && (
          <Button variant="outline" size="sm" asChild>
            <Link to="/services/new">{text.make.change}</Link>
          </Button>
        )
      }
    >
      <ServiceForm
        type={type}
        initial={initial}
        taken={made ? [] : taken}
        submitLabel={text.make.create}
        onCancel={() => void navigate({ to: '/services' })}
        onSubmit={async ({ config, name, label, description }) => {
          const values = {
            name,
            label: label || name,
            description,
            type: type.name,
            is_active: true,
            config: givenSettings(config),
          }
          const created = await mutateAsync({ values })
          setMade(created.name)
          notify.done(text.make.created(created.label || created.name))
          await navigate({ to: '/services/$name', params: { name: created.name }, ignoreBlocker: true })
        }}
        onDone={() => undefined}
      />
    </Page>
  )
}
