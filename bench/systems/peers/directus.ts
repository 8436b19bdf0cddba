/** Directus: REST for an administrator's static token, which no permission narrows. */

import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { SIGNUP, type Words } from '../../workloads.ts'
import type { Row, Target } from '../target.ts'
import { call, type Peer, type Place, startIn } from './peer.ts'

const run = promisify(execFile)
const COLUMNS = 'id,first_name,last_name,email,city,credit,active,region,created_at'

const words: Words = (question) => {
  const fields = `fields=${COLUMNS}`
  switch (question.ask) {
    case 'customer':
      return { method: 'GET', path: `/items/customers/${question.id}?${fields}` }
    case 'named': {
      const where = `filter[last_name][_eq]=${question.lastName}`
      return { method: 'GET', path: `/items/customers?${where}&sort=id&limit=${question.limit}&${fields}` }
    }
    case 'list':
      return { method: 'GET', path: `/items/customers?sort=id&limit=${question.limit}&${fields}` }
    case 'insert':
      return { method: 'POST', path: '/items/signups', body: JSON.stringify(SIGNUP) }
    case 'orders': {
      const { from, limit } = question
      const where = `filter[id][_gte]=${from}&filter[id][_lt]=${from + limit}&sort=id&limit=${limit}`
      return {
        method: 'GET',
        path: `/items/customers?${where}&${fields},orders.*&deep[orders][_sort]=id&deep[orders][_limit]=-1`,
      }
    }
  }
}

const rows: Target['rows'] = ({ ask }, { data }) =>
  (Array.isArray(data) ? data : [data]).map(
    (row): Row => (ask === 'orders' ? { ...row, orders_by_customer_id: row.orders } : row),
  )

const environment = ({ address, pool }: Place, token: string) => ({
  DB_CLIENT: 'pg',
  DB_HOST: address.host,
  DB_PORT: String(address.port),
  DB_USER: address.user,
  DB_PASSWORD: address.password,
  DB_DATABASE: address.database,
  DB_POOL__MIN: '0',
  DB_POOL__MAX: String(pool),
  SECRET: randomBytes(24).toString('hex'),
  ADMIN_EMAIL: 'bench@example.com',
  ADMIN_PASSWORD: randomBytes(12).toString('hex'),
  ADMIN_TOKEN: token,
  TELEMETRY: 'false',
  LOG_LEVEL: 'error',
  // It would answer 503 when it is busy, which is what is measured.
  PRESSURE_LIMITER_ENABLED: 'false',
  WEBSOCKETS_ENABLED: 'false',
})

export const directus: Peer = {
  name: 'directus',
  label: 'Directus',
  callers: 'administrator’s token',
  async start(place) {
    const token = randomBytes(16).toString('hex')
    const env = environment(place, token)
    // Not its cli.js, which asks the registry for news before it does anything.
    const script = join(place.folder, 'node_modules/@directus/api/dist/cli/run.js')
    await run(process.execPath, [script, 'bootstrap'], { cwd: place.folder, env: { ...process.env, ...env } })
    const headers = { authorization: `Bearer ${token}` }
    const system = await startIn(place, {
      name: 'directus',
      script,
      args: ['start'],
      env,
      headers,
      probe: '/items/customers/1',
    })
    // Its catalogue has the foreign key; the other end of it gets a field.
    const orders = { field: 'orders', type: 'alias', meta: { interface: 'list-o2m', special: ['o2m'] }, schema: null }
    await call(`${system.url}/fields/customers`, { method: 'POST', headers, body: orders })
    const relation = { meta: { one_field: 'orders' } }
    await call(`${system.url}/relations/orders/customer_id`, { method: 'PATCH', headers, body: relation })
    return { ...system, words, rows }
  },
}
