/** What a type claims, and what the checks have shown of each claim. */
import type { ServiceType } from '@gw/core'
import type { Lack } from '../records/index.ts'
import type { ConformanceSource } from './definition.ts'

/** Capabilities that can be claimed, by name; `true` where they are. */
export type Claims = Readonly<Record<string, boolean>>

/** What a type may claim beside what it says: of these, too, it is told whether they are refused. */
const KNOWN = ['rowFilters', 'fieldRules', 'schema', 'sql', 'files', 'email', 'repositories', 'scripts'] as const

/** What a source of records has, unless its definition says that it lacks it. */
const RECORDS: readonly Lack[] = [
  'transactions',
  'insensitiveLike',
  'foreignKeys',
  'binary',
  'dateTypes',
  'streaming',
  'answers',
  'counters',
  'defaults',
  'keys',
  'views',
]

/**
 * What a type claims, and what a definition says of its source. A member with members of its own is claimed, and so is each of those that is true:
 * `sql`, `sql.procedures`. What is no yes or no (`sql.paging`) is no claim.
 */
export const claimsOf = ({ capabilities = {}, engine }: ServiceType<any>, { records }: ConformanceSource): Claims => {
  const own = Object.entries(capabilities).flatMap(([name, value]): (readonly [string, boolean])[] =>
    typeof value === 'object' && value !== null
      ? [
          [name, true],
          ...Object.entries(value)
            .filter(([, inner]) => typeof inner === 'boolean')
            .map(([inner, has]) => [`${name}.${inner}`, has as boolean] as const),
        ]
      : [[name, value === true]],
  )
  const none = KNOWN.map((name) => [name, false] as const)
  const ofRecords = RECORDS.map((name) => [`records.${name}`, !records?.lacks?.includes(name)] as const)
  return Object.fromEntries([
    ...none,
    ...own,
    ...(engine ? [['scripts', true] as const] : []),
    ...(records ? [['records', true] as const, ...ofRecords] : []),
  ])
}

/**
 * `proved` and `failed`: claimed, and its checks passed or not. `refused` and `accepted`: not claimed, and calls for it
 * were refused or not. `unexamined`: no check that ran is about it.
 */
export type CapabilityState = 'proved' | 'failed' | 'refused' | 'accepted' | 'unexamined'

export interface Examined {
  readonly state: 'passed' | 'failed' | 'skipped'
  readonly about: readonly string[]
}

/** The state of each capability that is claimed, and of each other that can be and that a check which ran is about. */
export const capabilityStates = (
  claims: Claims,
  examined: readonly Examined[],
): Readonly<Record<string, CapabilityState>> => {
  const names = new Set([
    ...Object.keys(claims).filter((name) => claims[name]),
    ...examined
      .filter(({ state }) => state !== 'skipped')
      .flatMap(({ about }) => about.filter((name) => name in claims)),
  ])
  const stateOf = (name: string): CapabilityState => {
    const ran = examined.filter(({ state, about }) => state !== 'skipped' && about.includes(name))
    if (ran.length === 0) return 'unexamined'
    const passed = ran.every(({ state }) => state === 'passed')
    return claims[name] ? (passed ? 'proved' : 'failed') : passed ? 'refused' : 'accepted'
  }
  return Object.fromEntries([...names].sort().map((name) => [name, stateOf(name)]))
}
