/** What is looked for in the trail, which the gateway filters: it may be long. */
import { Search } from 'lucide-react'
import { useId } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { Input, Select } from '../../components/ui/input.tsx'
import { Label } from '../../components/ui/label.tsx'
import { audit as text } from '../../text/operations.ts'

export interface Wanted {
  readonly search: string
  readonly action: string
  readonly resource: string
  /** A day: 2026-01-31. */
  readonly since: string
}
export const EVERYTHING: Wanted = { search: '', action: '', resource: '', since: '' }

/** What the store keeps a trail of. */
const RESOURCES = [
  'admin',
  'app',
  'cors',
  'custom',
  'email_template',
  'event_script',
  'limit',
  'lookup',
  'role',
  'role_service_access',
  'service',
  'user',
] as const

/** A text in quotes, which are doubled inside (the filter grammar's own escape). */
const quoted = (value: string): string => `'${value.replaceAll("'", "''")}'`

/** The gateway keeps times in UTC; a day begins where the reader is. */
const beginOf = (day: string): string => new Date(`${day}T00:00:00`).toISOString().slice(0, 19).replace('T', ' ')

/** In the API's grammar; nothing where everything is wanted. */
export const filterOf = ({ search, action, resource, since }: Wanted): string | undefined => {
  const parts = [
    action && `(action = ${quoted(action)})`,
    resource && `(resource = ${quoted(resource)})`,
    since && `(time >= ${quoted(beginOf(since))})`,
    search.trim() &&
      `((record_name contains ${quoted(search.trim())}) or (user_name contains ${quoted(search.trim())}))`,
  ].filter(Boolean)
  return parts.length > 0 ? parts.join(' and ') : undefined
}

export interface FiltersProps {
  readonly wanted: Wanted
  readonly onChange: (wanted: Wanted) => void
}

export const Filters = ({ wanted, onChange }: FiltersProps) => {
  const since = useId()
  const set = (part: Partial<Wanted>) => onChange({ ...wanted, ...part })
  return (
    <div className="flex flex-wrap items-center gap-2">
      <div className="relative w-full sm:w-64">
        <Search aria-hidden className="absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-muted-foreground" />
        <Input
          type="search"
          className="pl-8"
          aria-label={text.search}
          placeholder={text.search}
          value={wanted.search}
          onChange={({ target }) => set({ search: target.value })}
        />
      </div>
      <Select
        className="w-auto max-sm:flex-1"
        aria-label={text.action}
        value={wanted.action}
        onChange={({ target }) => set({ action: target.value })}
      >
        <option value="">{text.anyAction}</option>
        {Object.entries(text.actions).map(([action, label]) => (
          <option key={action} value={action}>
            {label}
          </option>
        ))}
      </Select>
      <Select
        className="w-auto max-sm:flex-1"
        aria-label={text.resource}
        value={wanted.resource}
        onChange={({ target }) => set({ resource: target.value })}
      >
        <option value="">{text.anyResource}</option>
        {RESOURCES.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </Select>
      <div className="flex items-center gap-2 max-sm:flex-1">
        <Label htmlFor={since} className="font-normal text-muted-foreground">
          {text.since}
        </Label>
        <Input
          id={since}
          type="date"
          className="w-auto max-sm:flex-1"
          value={wanted.since}
          onChange={({ target }) => set({ since: target.value })}
        />
      </div>
      {filterOf(wanted) !== undefined && (
        <Button variant="ghost" size="sm" onClick={() => onChange(EVERYTHING)}>
          {text.clear}
        </Button>
      )}
    </div>
  )
}
