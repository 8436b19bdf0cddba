/** Numbers of records in the configurations of this package's own services, which a document says by names. */
import type { Config } from '../secrets/config.ts'
import type { StoredNames } from './stored.ts'

/** Types whose configurations hold numbers of records. */
export const LINKED_TYPES: ReadonlySet<string> = new Set(['system', 'user', 'oidc'])

const TABLES = { app: 'app', role: 'role', service: 'service', template: 'email_template' } as const
/** `invite_email_service_id` leads to a service. */
const NUMBER = /^(?:.*_)?(app|role|service|template)_id$/
const NAME = /^(?:.*_)?(app|role|service|template)$/
/** Leads to a role, whatever it is called. */
const DEFAULT_ROLE = 'default_role'

const isObject = (value: unknown): value is Config =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const mapEntries = (
  value: unknown,
  change: (name: string, value: unknown) => readonly [string, unknown] | undefined,
): unknown => {
  if (Array.isArray(value)) return value.map((item) => mapEntries(item, change))
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => change(name, item) ?? [name, mapEntries(item, change)]),
  )
}

/** `default_app_id: 3` becomes `default_app: "web"`. A number that leads nowhere is null. */
export const withNames = (config: Config, names: StoredNames): Config =>
  mapEntries(config, (name, value) => {
    if (name === DEFAULT_ROLE) return [name, names.nameOf('role', value) ?? null]
    const kind = NUMBER.exec(name)?.[1] as keyof typeof TABLES | undefined
    if (!kind) return undefined
    return [name.slice(0, -'_id'.length), names.nameOf(TABLES[kind], value) ?? null]
  }) as Config

/** The other way. @param missing is told what is not there; it becomes null */
export const withNumbers = (config: Config, names: StoredNames, missing: (what: string) => void): Config =>
  mapEntries(config, (name, value) => {
    const kind = NAME.exec(name)?.[1] as keyof typeof TABLES | undefined
    if (!kind || (value !== null && typeof value !== 'string')) return undefined
    const id = value === null ? null : (names.idOf(TABLES[kind], value) ?? null)
    if (value !== null && id === null) missing(`${TABLES[kind]} '${value}'`)
    return [name === DEFAULT_ROLE ? name : `${name}_id`, id]
  }) as Config
