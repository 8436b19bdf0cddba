/**
 * NocoDB: version 3 of its data API, for an API token of its administrator, on a source that it did not make. What it
 * gives of orders in a list is their number: it has no words for parents with children.
 */
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { SIGNUP, type Words } from '../../workloads.ts'
import type { Target } from '../target.ts'
import { call, lend, type Peer, type Place, startIn } from './peer.ts'

const FIELDS = 'fields=first_name,last_name,email,city,credit,active,region,created_at'
const BY_ID = `sort=${encodeURIComponent('[{"field":"id","direction":"asc"}]')}`

/** @param records the path of a table's records */
const wordsOf =
  (records: (table: string) => string): Words =>
  (question) => {
    const customers = records('customers')
    switch (question.ask) {
      case 'customer':
        return { method: 'GET', path: `${customers}/${question.id}?${FIELDS}` }
      case 'named': {
        const where = `where=(last_name,eq,${question.lastName})`
        return { method: 'GET', path: `${customers}?${where}&${BY_ID}&pageSize=${question.limit}&${FIELDS}` }
      }
      case 'list':
        return { method: 'GET', path: `${customers}?${BY_ID}&pageSize=${question.limit}&${FIELDS}` }
      case 'insert':
        return { method: 'POST', path: records('signups'), body: JSON.stringify({ fields: SIGNUP }) }
      case 'orders':
        return undefined
    }
  }

const rows: Target['rows'] = (_question, answer) =>
  (answer.records ?? [answer]).map(({ id, fields }: { id: number; fields: object }) => ({ id, ...fields }))

/** It keeps its own tables in a database of its own. */
const makeDatabase = async ({ address }: Place): Promise<string> => {
  const client = new pg.Client(address)
  await client.connect()
  await client.query('CREATE DATABASE nocodb')
  await client.end()
  return `pg://${address.host}:${address.port}?u=${address.user}&p=${address.password}&d=nocodb`
}

const sourceOf = ({ host, port, user, password, database }: Place['address']) => ({
  type: 'pg',
  config: { client: 'pg', connection: { host, port, user, password, database }, searchPath: ['public'] },
  inflection_column: 'none',
  inflection_table: 'none',
})

/** Signs in, names the source, and asks for a token. */
const setUp = async (url: string, { address }: Place, email: string, password: string) => {
  const { token: session } = await call(`${url}/api/v1/auth/user/signin`, { method: 'POST', body: { email, password } })
  const headers = { 'xc-auth': session as string }
  const source = { title: 'shop', external: true, sources: [sourceOf(address)] }
  const { id: base } = await call(`${url}/api/v1/db/meta/projects`, { method: 'POST', headers, body: source })
  const { list } = await call(`${url}/api/v1/db/meta/projects/${base}/tables`, { headers })
  const { token } = await call(`${url}/api/v1/tokens`, { method: 'POST', headers, body: { description: 'bench' } })
  const idOf = (name: string): string => list.find((table: { table_name: string }) => table.table_name === name).id
  return { token: token as string, records: (table: string) => `/api/v3/data/${base}/${idOf(table)}/records` }
}

export const nocodb: Peer = {
  name: 'nocodb',
  label: 'NocoDB',
  callers: 'administrator’s token',
  async start(place) {
    const email = 'bench@example.com'
    const password = `Aa1-${randomBytes(12).toString('hex')}`
    const env = {
      NC_DB: await makeDatabase(place),
      NC_ADMIN_EMAIL: email,
      NC_ADMIN_PASSWORD: password,
      NC_AUTH_JWT_SECRET: randomBytes(24).toString('hex'),
      NC_ALLOW_LOCAL_EXTERNAL_DBS: 'true',
      NC_DISABLE_TELE: 'true',
      DB_QUERY_LIMIT_MAX: '1000',
    }
    const script = lend(place.folder, 'nocodb.cjs')
    const system = await startIn(place, { name: 'nocodb', script, env, probe: '/api/v1/health' })
    const { token, records } = await setUp(system.url, place, email, password)
    return { ...system, headers: { 'xc-token': token }, words: wordsOf(records), rows }
  },
}
