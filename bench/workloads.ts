/** What is measured: W1 to W6, as questions that each system is asked in its own words. */
import { CUSTOMERS, LAST_NAMES, REGION } from './databases/database.ts'

/** A row that is inserted; its id and time come from the database. Its region is what the gateway's row filter wants. */
export const SIGNUP = {
  first_name: 'Ada',
  last_name: 'Berg',
  email: 'ada.berg@mail.example',
  city: 'Lyon',
  credit: 12.5,
  active: true,
  region: REGION,
} as const

export type Question =
  /** One customer by its key. */
  | { readonly ask: 'customer'; readonly id: number }
  /** The first customers of a last name, by id. */
  | { readonly ask: 'named'; readonly lastName: string; readonly limit: number }
  /** The first customers, by id. */
  | { readonly ask: 'list'; readonly limit: number }
  /** Inserts `SIGNUP` into `signups` and returns the row. */
  | { readonly ask: 'insert' }
  /** Customers from an id on, each with its orders, all by id. */
  | { readonly ask: 'orders'; readonly from: number; readonly limit: number }

/** A question in the words of one system. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: string
}
/** How a system is asked; `undefined` where it has no words for a question. */
export type Words = (question: Question) => HttpRequest | undefined

export type WorkloadName = 'W1' | 'W2' | 'W3' | 'W4' | 'W5' | 'W6'
export interface Workload {
  readonly name: WorkloadName
  readonly label: string
  /** Several questions of one shape; the load generator goes round. */
  readonly questions: readonly Question[]
  /** Writes to `signups`, which is emptied before each run; ids then differ between systems. */
  readonly writes?: boolean
  /** Reads `orders`, which are loaded where they are needed. */
  readonly orders?: boolean
}

/** Spread over the table by a prime, always the same. */
const spread = (count: number, to: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => 1 + ((index * 7919) % to))
const PARENTS = 10

export const WORKLOADS: readonly Workload[] = [
  {
    name: 'W1',
    label: 'point read by key',
    questions: spread(500, CUSTOMERS).map((id) => ({ ask: 'customer', id })),
  },
  {
    name: 'W2',
    label: 'indexed filter, order, limit 10',
    questions: LAST_NAMES.map((lastName) => ({ ask: 'named', lastName, limit: 10 })),
  },
  { name: 'W3', label: 'list of 100', questions: [{ ask: 'list', limit: 100 }] },
  { name: 'W4', label: 'list of 1,000', questions: [{ ask: 'list', limit: 1000 }] },
  { name: 'W5', label: 'insert one row, returning it', questions: [{ ask: 'insert' }], writes: true },
  {
    name: 'W6',
    label: '10 customers with their 50 orders',
    questions: spread(200, CUSTOMERS - PARENTS).map((from) => ({ ask: 'orders', from, limit: PARENTS })),
    orders: true,
  },
]

/** The requests of a workload in a system's words; `undefined` where it has none. */
export const requestsOf = ({ questions }: Workload, words: Words): readonly HttpRequest[] | undefined => {
  const requests = questions.map(words)
  return requests.every((request) => request !== undefined) ? requests : undefined
}
