/** The API as the gateway describes it, of one service or of all, for oneself or as a role would find it. */
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { BookOpen, ChevronLeft, MousePointerClick, ShieldOff } from 'lucide-react'
import { useDeferredValue, useMemo, useState } from 'react'
import { roles } from '../../api/access.ts'
import { ApiError } from '../../api/client.ts'
import { type Operation, type ReadDocument, useDocument } from '../../api/docs.ts'
import { useList } from '../../api/resource.ts'
import { services } from '../../api/services.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Field } from '../../components/field.tsx'
import { Page } from '../../components/page.tsx'
import { Button } from '../../components/ui/button.tsx'
import { cn } from '../../components/ui/class-names.ts'
import { Input, Select } from '../../components/ui/input.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { Switch } from '../../components/ui/switch.tsx'
import { apiDocs as text } from '../../text/api-docs.ts'
import { OperationList } from './operation-list.tsx'
import { OperationView } from './operation-view.tsx'

export const Screen = () => {
  const { service } = useParams({ strict: false })
  const { role, expand = false } = useSearch({ strict: false }) as DocsSearch
  const { data, error, refetch } = useDocument({ service, role, expand })
  const isForbidden = error instanceof ApiError && error.status === 403
  return (
    <Page title={service === undefined ? text.title : `${text.title}: ${service}`} description={text.description}>
      <Choices service={service} role={role} expand={expand} />
      {isForbidden && role !== undefined && (
        <EmptyState
          icon={ShieldOff}
          {...text.forbidden}
          action={
            <Button asChild variant="outline">
              <Link to="/roles/$id" params={{ id: role }}>
                {text.forbidden.action}
              </Link>
            </Button>
          }
        />
      )}
      {!(isForbidden && role !== undefined) && (
        <ErrorNotice title={text.failed} error={error} onRetry={() => void refetch()} />
      )}
      {!data && !error && <Skeleton className="h-96" />}
      {data?.operations.length === 0 && <EmptyState icon={BookOpen} title={text.none.title} text={text.none.text} />}
      {data && data.operations.length > 0 && (
        <Operations key={`${service} ${role} ${expand}`} read={data} role={role} />
      )}
    </Page>
  )
}

/** In the address, so that what one looks at can be shown to others. */
interface DocsSearch {
  readonly role?: string
  readonly expand?: boolean
  /** The key of the operation that is shown. */
  readonly op?: string
}

interface ChoicesProps {
  readonly service: string | undefined
  readonly role: string | undefined
  readonly expand: boolean
}

const Choices = ({ service, role, expand }: ChoicesProps) => {
  const navigate = useNavigate()
  const { data: listed } = useList(services)
  const { data: known } = useList(roles)
  const go = (to: { service?: string | undefined; role?: string | undefined; expand?: boolean }) => {
    const next = { service, role, expand, ...to }
    const search = { ...(next.role && { role: next.role }), ...(next.expand && { expand: true }) }
    if (next.service === undefined) return void navigate({ to: '/api-docs', search })
    void navigate({ to: '/api-docs/$service', params: { service: next.service }, search })
  }
  return (
    <div className="grid items-end gap-x-4 gap-y-3 sm:grid-cols-2 lg:grid-cols-[16rem_16rem_auto]">
      <Field label={text.service}>
        {(control) => (
          <Select
            {...control}
            value={service ?? ''}
            onChange={({ target: { value } }) => go({ service: value === '' ? undefined : value })}
          >
            <option value="">{text.allServices}</option>
            {listed?.resource
              .filter(({ is_active: active }) => active)
              .map(({ name, label }) => (
                <option key={name} value={name}>
                  {label && label !== name ? `${name} – ${label}` : name}
                </option>
              ))}
          </Select>
        )}
      </Field>
      <Field label={text.reader}>
        {(control) => (
          <Select
            {...control}
            value={role ?? ''}
            onChange={({ target: { value } }) => go({ role: value === '' ? undefined : value })}
          >
            <option value="">{text.yourself}</option>
            {known?.resource
              .filter(({ is_active: active }) => active)
              .map(({ id, name }) => (
                <option key={id} value={String(id)}>
                  {text.role(name)}
                </option>
              ))}
          </Select>
        )}
      </Field>
      {service !== undefined && (
        <Field inline label={text.eachTable} className="pb-2">
          {(control) => <Switch {...control} checked={expand} onCheckedChange={(on) => go({ expand: on })} />}
        </Field>
      )}
    </div>
  )
}

/** All words of the search are somewhere in the operation. */
const matching = (operations: readonly Operation[], search: string): readonly Operation[] => {
  const wanted = search.toLowerCase().split(/\s+/).filter(Boolean)
  if (wanted.length === 0) return operations
  return operations.filter(({ words }) => wanted.every((word) => words.includes(word)))
}

const Operations = ({ read, role }: { readonly read: ReadDocument; readonly role: string | undefined }) => {
  const { document, operations } = read
  const { op } = useSearch({ strict: false }) as DocsSearch
  const navigate = useNavigate()
  const [search, setSearch] = useState('')
  const settled = useDeferredValue(search)
  const shown = useMemo(() => matching(operations, settled), [operations, settled])
  const chosen = useMemo(() => operations.find(({ key }) => key === op), [operations, op])
  const choose = (key: string | undefined) =>
    void navigate({
      to: '.',
      replace: op !== undefined && key !== undefined,
      resetScroll: false,
      search: ({ op: _, ...others }: DocsSearch) => ({ ...others, ...(key !== undefined && { op: key }) }),
    } as never)
  return (
    <div className="grid min-w-0 items-start gap-5 lg:grid-cols-[22rem_minmax(0,1fr)]">
      <div className={cn('grid min-w-0 gap-2.5 lg:sticky lg:top-5', op !== undefined && 'max-lg:hidden')}>
        <Input
          type="search"
          aria-label={text.search}
          placeholder={text.searchPlaceholder}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
        <p className="text-muted-foreground text-xs tabular-nums" aria-live="polite">
          {shown.length === operations.length
            ? text.count(operations.length)
            : text.shown(shown.length, operations.length)}
        </p>
        {shown.length > 0 ? (
          <OperationList operations={shown} chosen={op} onChoose={choose} />
        ) : (
          <div className="grid justify-items-center gap-3 rounded-xl border border-dashed py-10">
            <p>{text.nothing}</p>
            <Button variant="outline" size="sm" onClick={() => setSearch('')}>
              {text.clear}
            </Button>
          </div>
        )}
      </div>
      <div className={cn('grid min-w-0 gap-3', op === undefined && 'max-lg:hidden')}>
        <Button
          variant="ghost"
          size="sm"
          className="-ml-2 justify-self-start lg:hidden"
          onClick={() => choose(undefined)}
        >
          <ChevronLeft />
          {text.toList}
        </Button>
        {chosen && <OperationView key={chosen.key} document={document} operation={chosen} role={role} />}
        {!chosen && op !== undefined && <ErrorNotice error={new Error(text.missing)} />}
        {op === undefined && <EmptyState icon={MousePointerClick} {...text.choose} />}
      </div>
    </div>
  )
}
