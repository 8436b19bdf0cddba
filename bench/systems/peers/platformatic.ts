/** Platformatic DB: REST from its OpenAPI routes; parents with children by its GraphQL, as its REST has none. */
import { type Question, SIGNUP, type Words } from '../../workloads.ts'
import type { Row, Target } from '../target.ts'
import { camelCased, graphql, lend, type Peer, snakeCased, startIn } from './peer.ts'

const COLUMNS = 'id firstName lastName email city credit active region createdAt'
/** Its schema requires every column that is not null, whatever the database would put in by itself. */
const signup = JSON.stringify({ ...camelCased(SIGNUP), createdAt: '2026-01-01T12:00:00.000Z' })

const words: Words = (question: Question) => {
  switch (question.ask) {
    case 'customer':
      return { method: 'GET', path: `/customers/${question.id}` }
    case 'named':
      return {
        method: 'GET',
        path: `/customers/?where.lastName.eq=${question.lastName}&orderby.id=asc&limit=${question.limit}`,
      }
    case 'list':
      return { method: 'GET', path: `/customers/?orderby.id=asc&limit=${question.limit}` }
    case 'insert':
      return { method: 'POST', path: '/signups/', body: signup }
    case 'orders': {
      const { from, limit } = question
      const range = `where: {id: {gte: ${from}, lt: ${from + limit}}}, orderBy: [{field: id, direction: ASC}], limit: ${limit}`
      const orders = 'orders(limit: 100, orderBy: [{field: id, direction: ASC}]) { id total region orderedAt }'
      return graphql('/graphql', `{ customers(${range}) { ${COLUMNS} ${orders} } }`)
    }
  }
}

const rows: Target['rows'] = ({ ask }, answer) => {
  if (ask === 'list' || ask === 'named') return (answer as object[]).map(snakeCased)
  if (ask !== 'orders') return [snakeCased(answer)]
  // An order's key to its customer is not a field of its GraphQL: it is the customer that it stands below.
  return (answer.data.customers as { id: string; orders: object[] }[]).map(({ orders, ...customer }): Row => {
    const children = orders.map((order) => ({ ...snakeCased(order), customer_id: customer.id }))
    return { ...snakeCased(customer), orders_by_customer_id: children }
  })
}

export const platformatic: Peer = {
  name: 'platformatic',
  label: 'Platformatic DB',
  callers: 'anyone',
  async start(place) {
    const script = lend(place.folder, 'platformatic.mjs')
    return { ...(await startIn(place, { name: 'platformatic', script, probe: '/customers/1' })), words, rows }
  },
}
