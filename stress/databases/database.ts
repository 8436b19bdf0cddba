/** A database of a proof: a table to read, an empty one to fill, and what takes its time. */
import type { Scale } from '../scale.ts'

export interface Address {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
}

export interface StressDatabase {
  readonly label: string
  readonly connector: string
  readonly service: { readonly type: string; readonly config: Readonly<Record<string, unknown>> }
  /** Calls that wait for a minute where nobody stops them. */
  readonly lengthy: readonly string[]
  /** The same as steps of a batch. */
  readonly lengthySteps: readonly object[]
  /** What the gateway has open or running that is not idle. @param gateway its process */
  busy(gateway: number): Promise<number>
  /** How many connections, or open files, the gateway has. */
  connections(gateway: number): Promise<number>
  /** What is stored in `imported`, asked without the gateway. */
  imported(): Promise<{ readonly count: number; readonly last: number }>
  /** Empties it, whatever limits the gateway's statements have. */
  empty(): Promise<void>
  close(): Promise<void>
}

/** Opens one of its own. @param server where there is one to make it on */
export type OpenDatabase<Server = Address> = (server: Server, scale: Scale) => Promise<StressDatabase>

export const COLUMNS =
  'name varchar(40) not null, amount decimal(10,2) not null, note varchar(4000), created timestamp not null'

type Concat = (...parts: string[]) => string

/**
 * A record as expressions of its number: names in another order than the numbers, each about ten times.
 * @param number the expression of the number
 */
export const recordOf = (number: string, concat: Concat, { note }: Scale): string =>
  [
    number,
    concat("'name'", `(${number} % 100003) * 7919 % 100003`),
    `(${number} % 100000) / 100.0`,
    concat(`'${'x'.repeat(note)}'`, number),
    "'2026-01-02 03:04:05'",
  ].join(', ')

export const piped: Concat = (...parts) => parts.join(' || ')
export const called: Concat = (...parts) => `concat(${parts.join(', ')})`

export const SLOW: readonly string[] = ['_table/slow?limit=5', '_table/slow?stream=true']
export const SLOW_STEPS: readonly object[] = [{ method: 'GET', path: '_table/slow', query: { limit: 5 } }]

/** A name that no other run has. */
export const freshName = (): string => `stress_${process.pid}_${Date.now()}`
