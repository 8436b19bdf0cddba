export type DatabaseName = 'postgres' | 'mariadb' | 'sqlite'

/** A database that both systems serve, with the same data on every run. */
export interface BenchDatabase {
  readonly name: DatabaseName
  readonly label: string
  /** The connector's package, and its service's definition. */
  readonly connector: string
  readonly service: { readonly type: string; readonly config: Readonly<Record<string, unknown>> }
  /** What the hand-written server is told. */
  readonly env: Readonly<Record<string, string>>
  /** Where it listens, where it is a server. */
  readonly address?: Address
  /** Creates and fills the tables; `orders` stay empty where nobody asks for them. */
  load(options: { readonly orders: boolean }): Promise<void>
  /** Runs statements, with semicolons between them. */
  run(script: string): Promise<unknown>
  /** Empties `signups`, which is what gets written to. */
  reset(): Promise<void>
  /** CPU time that the database's own processes have used, µs; 0 where it has none. */
  cpu(): number
  stop(): Promise<void>
}

export interface Address {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
}

export const CUSTOMERS = 100_000
export const ORDERS = 500_000
/** Where every customer and order is: what the gateway's row filter asks for, so that it lets all of them pass. */
export const REGION = 'north' as const
export const LAST_NAMES = [
  'Almeida',
  'Bauer',
  'Conti',
  'Dubois',
  'Eriksen',
  'Fischer',
  'Garnier',
  'Haas',
  'Ito',
  'Janssen',
]
