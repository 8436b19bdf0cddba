/**
 * Which records a setting may name, for the lists of forms: by the wire contract's names of such settings
 * (platform.md §4.1, §4.3), as far as the caller may read what they lead to.
 */
import type { Call, ServiceType } from '@gw/core'
import { mayRead } from './collections.ts'
import type { SystemParts } from './resource.ts'

export interface Choice {
  readonly label: string
  readonly name: number | null
}
/** `undefined`: the setting names no record, or none that the caller may know of. */
export type Choices = (setting: string) => readonly Choice[] | undefined

/** @param types the installed ones */
export const choicesFor = ({ snapshot }: SystemParts, call: Call, types: readonly ServiceType[]): Choices => {
  const mailing = new Set(
    types.filter(({ group }) => group === 'Email').flatMap(({ name, aliases = [] }) => [name, ...aliases]),
  )
  const now = snapshot()
  const lists = [
    { of: 'app', settings: /(^|_)app_id$/, records: () => [...now.apps.values()] },
    { of: 'role', settings: /(^|_)role_id$|^default_role$/, records: () => [...now.roles.values()] },
    {
      of: 'service',
      settings: /_email_service_id$/,
      records: () => now.services.filter(({ type }) => mailing.has(type)),
    },
    { of: 'email_template', settings: /_email_template_id$/, records: () => now.templates },
  ]
  return (setting) => {
    const list = lists.find(({ settings }) => settings.test(setting))
    if (!list || !mayRead(call, list.of)) return undefined
    return list.records().map(({ id, name }) => ({ label: String(name), name: Number(id) }))
  }
}
