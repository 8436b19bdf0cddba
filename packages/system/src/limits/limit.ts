/** What a limit is: its type, the selectors that the type looks at, and its period (platform.md §6). */
import { createHash } from 'node:crypto'
import type { Row } from '@gw/records'

export type Selector = 'user_id' | 'role_id' | 'service_id' | 'endpoint'
export const SELECTORS: readonly Selector[] = ['user_id', 'role_id', 'service_id', 'endpoint']

export interface LimitType {
  readonly selectors: readonly Selector[]
  /** Each caller has a count of their own. */
  readonly each: boolean
}

const type = (selectors: readonly Selector[], each = false): LimitType => ({ selectors, each })

/** By the name that the wire contract gives them. */
export const LIMIT_TYPES: Readonly<Record<string, LimitType>> = {
  instance: type([]),
  'instance.user': type(['user_id']),
  'instance.each_user': type([], true),
  'instance.user.service': type(['user_id', 'service_id']),
  'instance.each_user.service': type(['service_id'], true),
  'instance.service': type(['service_id']),
  'instance.service.endpoint': type(['service_id', 'endpoint']),
  'instance.user.service.endpoint': type(['user_id', 'service_id', 'endpoint']),
  'instance.each_user.service.endpoint': type(['service_id', 'endpoint'], true),
  'instance.role': type(['role_id']),
}

const MINUTE = 60
const DAY = 86_400
/** Seconds. A period begins with the first call that it counts. */
export const PERIODS: Readonly<Record<string, number>> = {
  minute: MINUTE,
  hour: 60 * MINUTE,
  day: DAY,
  '7-day': 7 * DAY,
  '30-day': 30 * DAY,
}

export interface StoredLimit {
  readonly id: number
  readonly name: string
  /** What callers are told that it is. */
  readonly key: string
  readonly type: LimitType
  readonly rate: number
  /** Seconds. */
  readonly period: number
  readonly userId: number | undefined
  readonly roleId: number | undefined
  readonly serviceId: number | undefined
  readonly endpoint: string | undefined
  readonly verb: string | undefined
  /**
   * Below which its counts are kept. It changes with whatever would make them mean something else, so that no node
   * counts by an old rate what another counts by the new one.
   */
  readonly counts: string
}

const number = (value: unknown): number | undefined =>
  value === null || value === undefined ? undefined : Number(value)
const text = (value: unknown): string | undefined =>
  value === null || value === undefined || value === '' ? undefined : String(value)

const digest = (value: string): string => createHash('sha256').update(value).digest('hex').slice(0, 16)

/** Of an endpoint, as paths are compared: without slashes at its ends, in lower case. */
export const endpointOf = (path: string): string => path.replace(/^\/+|\/+$/g, '').toLowerCase()

const KEY_LENGTH = 255
/** Says which calls a limit is about and for how long it counts them: no two limits have the same. */
export const keyOf = (values: Readonly<Record<string, unknown>>): string => {
  const parts = SELECTORS.flatMap((name) =>
    values[name] === null || values[name] === undefined ? [] : [`${name.replace('_id', '')}:${values[name]}`],
  )
  const verb = text(values.verb)
  const key = [values.type, ...parts, ...(verb ? [`verb:${verb}`] : []), values.period].join('.')
  return key.length <= KEY_LENGTH ? key : `${key.slice(0, KEY_LENGTH - 17)}~${digest(key)}`
}

/** @returns nothing for a row that is switched off, or that says what this version does not know */
export const limitOf = (row: Row): readonly StoredLimit[] => {
  const type = LIMIT_TYPES[String(row.type)]
  const period = PERIODS[String(row.period)]
  if (row.is_active !== true || !type || period === undefined) return []
  const [id, rate, key] = [Number(row.id), Number(row.rate), String(row.key_text)]
  return [
    {
      id,
      name: String(row.name),
      key,
      type,
      rate,
      period,
      userId: number(row.user_id),
      roleId: number(row.role_id),
      serviceId: number(row.service_id),
      endpoint: text(row.endpoint),
      verb: text(row.verb),
      counts: `${id}:${digest(`${key} ${rate}`)}`,
    },
  ]
}
