/** What is measured: the same question to both systems, each in its own words. */
import { CUSTOMERS, LAST_NAMES } from './databases/database.ts'

export interface Question {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: string
}
export interface Workload {
  readonly name: string
  readonly label: string
  /** Several questions of one shape; the load generator goes round. */
  readonly gateway: readonly Question[]
  readonly baseline: readonly Question[]
  /** Writes to `signups`, which is emptied before each run; ids then differ between the systems. */
  readonly writes?: boolean
  /** Reads `orders`, which are loaded where they are needed. */
  readonly orders?: boolean
}

const TABLE = '/api/v2/shop/_table'
const get = (path: string): Question => ({ method: 'GET', path })
const ids = Array.from({ length: 500 }, (_, index) => 1 + ((index * 7919) % CUSTOMERS))
const list = (limit: number): Pick<Workload, 'gateway' | 'baseline'> => ({
  gateway: [get(`${TABLE}/customers?order=id&limit=${limit}`)],
  baseline: [get(`/customers?limit=${limit}`)],
})
/** Where pages of customers begin. */
const PARENTS = Array.from({ length: 200 }, (_, index) => 1 + ((index * 7919) % (CUSTOMERS - 20)))
const signup = JSON.stringify({
  first_name: 'Ada',
  last_name: 'Berg',
  email: 'ada.berg@mail.example',
  city: 'Lyon',
  credit: 12.5,
  active: true,
})

export const WORKLOADS: readonly Workload[] = [
  {
    name: 'point',
    label: 'point read by key',
    gateway: ids.map((id) => get(`${TABLE}/customers/${id}`)),
    baseline: ids.map((id) => get(`/customers/${id}`)),
  },
  {
    name: 'list10',
    label: 'indexed filter, order, limit 10',
    gateway: LAST_NAMES.map((name) =>
      get(`${TABLE}/customers?filter=${encodeURIComponent(`last_name='${name}'`)}&order=id&limit=10`),
    ),
    baseline: LAST_NAMES.map((name) => get(`/customers/by-last-name/${name}?limit=10`)),
  },
  { name: 'list100', label: 'list of 100', ...list(100) },
  { name: 'list1000', label: 'list of 1,000', ...list(1000) },
  {
    name: 'parents',
    label: '20 customers with their orders',
    gateway: PARENTS.map((from) =>
      get(
        `${TABLE}/customers?filter=${encodeURIComponent(`(id>=${from}) and (id<${from + 20})`)}&order=id&limit=20` +
          '&related=orders_by_customer_id&orders_by_customer_id.order=id&orders_by_customer_id.limit=100',
      ),
    ),
    baseline: PARENTS.map((from) => get(`/customers/with-orders?from=${from}&limit=20`)),
    orders: true,
  },
  {
    name: 'insert',
    label: 'insert one row, returning it',
    gateway: [{ method: 'POST', path: `${TABLE}/signups?fields=*`, body: `{"resource":[${signup}]}` }],
    baseline: [{ method: 'POST', path: '/signups', body: signup }],
    writes: true,
  },
]
