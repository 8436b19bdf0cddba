/** PostGraphile: GraphQL, with its own preset for new projects. */
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { SIGNUP, type Words } from '../../workloads.ts'
import type { Row, Target } from '../target.ts'
import { call, camelCased, graphql, type Peer, snakeCased, startIn } from './peer.ts'

const PATH = '/graphql'
const COLUMNS = 'rowId firstName lastName email city credit active region createdAt'
const ORDERS = 'ordersByCustomerId(orderBy: [PRIMARY_KEY_ASC]) { nodes { rowId customerId total region orderedAt } }'
/** Numerics are texts there. */
const signup = JSON.stringify(camelCased({ ...SIGNUP, credit: String(SIGNUP.credit) })).replace(/"(\w+)":/g, '$1:')
const BY_ID = 'orderBy: [PRIMARY_KEY_ASC]'

/** @param digest what its cursors of this order begin with */
const wordsOf =
  (digest: string): Words =>
  (question) => {
    switch (question.ask) {
      case 'customer':
        return graphql(PATH, `{ customerByRowId(rowId: ${question.id}) { ${COLUMNS} } }`)
      case 'named': {
        const of = `condition: {lastName: "${question.lastName}"}, ${BY_ID}, first: ${question.limit}`
        return graphql(PATH, `{ allCustomers(${of}) { nodes { ${COLUMNS} } } }`)
      }
      case 'list':
        return graphql(PATH, `{ allCustomers(${BY_ID}, first: ${question.limit}) { nodes { ${COLUMNS} } } }`)
      case 'insert':
        return graphql(PATH, `mutation { createSignup(input: {signup: ${signup}}) { signup { ${COLUMNS} } } }`)
      case 'orders': {
        // Conditions are equalities; a page begins behind a cursor.
        const after = Buffer.from(JSON.stringify([digest, question.from - 1])).toString('base64')
        const of = `${BY_ID}, first: ${question.limit}, after: "${after}"`
        return graphql(PATH, `{ allCustomers(${of}) { nodes { ${COLUMNS} ${ORDERS} } } }`)
      }
    }
  }

const plain = ({ rowId, ...row }: { rowId: number }): Row => ({ id: rowId, ...snakeCased(row) })
const rows: Target['rows'] = ({ ask }, { data }) => {
  if (ask === 'customer') return [plain(data.customerByRowId)]
  if (ask === 'insert') return [plain(data.createSignup.signup)]
  return data.allCustomers.nodes.map(
    ({ ordersByCustomerId, ...customer }: any): Row =>
      ask === 'orders'
        ? { ...plain(customer), orders_by_customer_id: ordersByCustomerId.nodes.map(plain) }
        : plain(customer),
  )
}

export const postgraphile: Peer = {
  name: 'postgraphile',
  label: 'PostGraphile',
  callers: 'anyone',
  async start(place) {
    copyFileSync(join(import.meta.dirname, 'servers', 'postgraphile.mjs'), join(place.folder, 'graphile.config.mjs'))
    const script = join(place.folder, 'node_modules/postgraphile/dist/cli-run.js')
    const probe = `${PATH}?query=${encodeURIComponent('{ __typename }')}`
    const system = await startIn(place, { name: 'postgraphile', script, probe })
    const query = `{ allCustomers(${BY_ID}, first: 1) { edges { cursor } } }`
    const { data } = await call(`${system.url}${PATH}`, { method: 'POST', body: { query } })
    const [digest] = JSON.parse(Buffer.from(data.allCustomers.edges[0].cursor, 'base64').toString())
    return { ...system, words: wordsOf(digest), rows }
  },
}
