/** The log, as it is written. */
import { Eraser, Pause, Play, ScrollText } from 'lucide-react'
import { useMemo, useState } from 'react'
import { type LogFilter, type LogLine, useLog } from '../../api/log.ts'
import { useList } from '../../api/resource.ts'
import { services } from '../../api/services.ts'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Field } from '../../components/field.tsx'
import { Page } from '../../components/page.tsx'
import { Preformatted } from '../../components/preformatted.tsx'
import { milliseconds } from '../../components/quantities.ts'
import { Badge } from '../../components/ui/badge.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Dialog, DialogContent } from '../../components/ui/dialog.tsx'
import { Select } from '../../components/ui/input.tsx'
import { Switch } from '../../components/ui/switch.tsx'
import { app } from '../../text/app.ts'
import { logs as text } from '../../text/operations.ts'

const LEVEL_TONES = { debug: 'neutral', info: 'primary', warn: 'warning', error: 'danger' } as const

const statusTone = (status: number) => (status >= 500 ? 'danger' : status >= 400 ? 'warning' : ('success' as const))

const CLOCK = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' })
const clock = (time: string): string => CLOCK.format(new Date(time))

/** A request is told by what was asked; anything else by its message. */
const messageIn = ({ method, path, msg }: LogLine): string => (method && path ? `${method} ${path}` : msg)

const COLUMNS: readonly Column<LogLine>[] = [
  {
    id: 'time',
    header: text.time,
    value: ({ time }) => time,
    cell: ({ time }) => (
      <time dateTime={time} title={time} className="whitespace-nowrap font-mono text-xs">
        {clock(time)}
      </time>
    ),
    sortable: false,
    from: 'sm',
  },
  {
    id: 'level',
    header: text.severity,
    value: ({ level }) => level,
    cell: ({ level }) => <Badge tone={LEVEL_TONES[level] ?? 'neutral'}>{level}</Badge>,
    sortable: false,
  },
  {
    id: 'message',
    header: text.message,
    value: (line) => `${messageIn(line)} ${line.msg}`,
    cell: (line) => <span className="line-clamp-2 break-all font-mono text-xs">{messageIn(line)}</span>,
    sortable: false,
    className: 'w-full',
  },
  { id: 'service', header: text.service, value: ({ service }) => service, sortable: false, from: 'md' },
  {
    id: 'status',
    header: text.status,
    value: ({ status }) => status,
    cell: ({ status }) => (status ? <Badge tone={statusTone(status)}>{status}</Badge> : null),
    sortable: false,
  },
  {
    id: 'took',
    header: text.took,
    value: ({ duration }) => duration,
    cell: ({ duration }) => <span className="whitespace-nowrap tabular-nums">{milliseconds(duration)}</span>,
    sortable: false,
    from: 'lg',
  },
]

/** Reading the log is logged, too. */
const isOwn = ({ path = '' }: LogLine): boolean => path.startsWith('/api/v2/system/log')

export const Screen = () => {
  const [filter, setFilter] = useState<LogFilter>({})
  const [isLive, setLive] = useState(true)
  const [hidesOwn, setHidesOwn] = useState(true)
  const [open, setOpen] = useState<LogLine>()
  const { lines, missed, error, clear } = useLog(filter, isLive)
  const shown = useMemo(() => (hidesOwn ? lines?.filter((line) => !isOwn(line)) : lines), [lines, hidesOwn])
  return (
    <Page
      title={app.pages.logs}
      description={text.about}
      badge={<Badge tone={isLive ? 'success' : 'neutral'}>{isLive ? text.live : text.paused}</Badge>}
      actions={
        <>
          <Button variant="outline" onClick={clear}>
            <Eraser />
            {text.clear}
          </Button>
          <Button variant="outline" onClick={() => setLive(!isLive)}>
            {isLive ? <Pause /> : <Play />}
            {isLive ? text.pause : text.resume}
          </Button>
        </>
      }
    >
      <Choices filter={filter} onChange={setFilter} hidesOwn={hidesOwn} onHide={setHidesOwn} />
      <ErrorNotice error={error} title={text.failed} />
      {missed > 0 && <p className="text-muted-foreground text-xs">{text.missed(missed)}</p>}
      {shown?.length === 0 ? (
        <EmptyState icon={ScrollText} {...text.empty} />
      ) : (
        (!error || shown) && (
          <DataTable
            label={app.pages.logs}
            columns={COLUMNS}
            rows={shown}
            idOf={({ sequence }) => String(sequence)}
            nameOf={({ time }) => text.line(clock(time))}
            onOpen={setOpen}
            pageSize={0}
          />
        )
      )}
      <Dialog open={open !== undefined} onOpenChange={(to) => !to && setOpen(undefined)}>
        {open && (
          <DialogContent title={messageIn(open)} description={open.time} className="max-w-2xl">
            <Preformatted>{JSON.stringify(open, null, 2)}</Preformatted>
          </DialogContent>
        )}
      </Dialog>
    </Page>
  )
}

interface ChoicesProps {
  readonly filter: LogFilter
  readonly onChange: (filter: LogFilter) => void
  readonly hidesOwn: boolean
  readonly onHide: (hides: boolean) => void
}

const Choices = ({ filter, onChange, hidesOwn, onHide }: ChoicesProps) => {
  const { data } = useList(services, { fields: 'id,name' })
  const choose = (
    name: keyof LogFilter,
    label: string,
    all: string,
    options: readonly (readonly [string, string])[],
  ) => (
    <Select
      className="w-auto max-sm:flex-1"
      aria-label={label}
      value={filter[name] ?? ''}
      onChange={({ target }) => onChange({ ...filter, [name]: target.value || undefined })}
    >
      <option value="">{all}</option>
      {options.map(([value, shown]) => (
        <option key={value} value={value}>
          {shown}
        </option>
      ))}
    </Select>
  )
  return (
    <div className="flex flex-wrap items-center gap-2">
      {choose('level', text.level, text.anyLevel, Object.entries(text.levels))}
      {choose('service', text.service, text.anyService, data?.resource.map(({ name }) => [name, name] as const) ?? [])}
      {choose('status', text.status, text.anyStatus, Object.entries(text.statuses))}
      <Field label={text.own} inline className="ml-1">
        {(control) => <Switch {...control} checked={hidesOwn} onCheckedChange={onHide} />}
      </Field>
    </div>
  )
}
