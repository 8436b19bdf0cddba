/** Who a call is tried as. An app's key is read when it is sent, and kept nowhere. */
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type App, apps, roles } from '../../api/access.ts'
import { ApiError, request } from '../../api/client.ts'
import { useList } from '../../api/resource.ts'
import type { CallAs } from '../../api/trial.ts'
import { Field } from '../../components/field.tsx'
import { Select } from '../../components/ui/input.tsx'
import { trial as text } from '../../text/api-docs.ts'

export interface Caller {
  /** `self`, `role:3` or `app:5`. */
  readonly chosen: string
  readonly choose: (chosen: string) => void
  /** For code that is shown: without a key. */
  readonly shown: CallAs
  /** @throws ApiError where an app's key can not be read */
  readonly credentials: () => Promise<CallAs>
}

export const useCaller = (role: string | undefined): Caller => {
  const client = useQueryClient()
  const [picked, choose] = useState<string>()
  const chosen = picked ?? (role === undefined ? 'self' : `role:${role}`)
  const [kind, id = ''] = chosen.split(':')
  const withoutKey: CallAs = kind === 'role' ? { kind, id } : kind === 'app' ? { kind, key: '' } : { kind: 'self' }
  return {
    chosen,
    choose,
    shown: withoutKey,
    async credentials() {
      if (withoutKey.kind !== 'app') return withoutKey
      const { api_key: key } = await client.fetchQuery({
        queryKey: ['app', 'key', id],
        queryFn: () => request<App>(`system/app/${encodeURIComponent(id)}`),
        staleTime: 0,
        gcTime: 0,
      })
      if (!key) throw new ApiError(text.inactive, 0)
      return { kind: 'app', key }
    },
  }
}

export const CallerChoice = ({ caller }: { readonly caller: Caller }) => {
  const { data: known } = useList(roles)
  const { data: listed } = useList(apps)
  const active = <Row extends { readonly is_active: boolean }>(rows: readonly Row[] = []) =>
    rows.filter(({ is_active: is }) => is)
  const [someRoles, someApps] = [active(known?.resource), active(listed?.resource)]
  return (
    <Field label={text.as} className="max-w-md">
      {(control) => (
        <Select {...control} value={caller.chosen} onChange={(event) => caller.choose(event.target.value)}>
          <option value="self">{text.yourself}</option>
          {someRoles.length > 0 && (
            <optgroup label={text.asRole}>
              {someRoles.map(({ id, name }) => (
                <option key={id} value={`role:${id}`}>
                  {text.role(name)}
                </option>
              ))}
            </optgroup>
          )}
          {someApps.length > 0 && (
            <optgroup label={text.asApp}>
              {someApps.map(({ id, name }) => (
                <option key={id} value={`app:${id}`}>
                  {text.app(name)}
                </option>
              ))}
            </optgroup>
          )}
        </Select>
      )}
    </Field>
  )
}
