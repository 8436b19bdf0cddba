/**
 * b on SQLite: what a careful developer writes by hand. Fastify and better-sqlite3, statements prepared once, one
 * handler a question, no access rules. Run as a process of its own: `node sqlite.ts`, with DATABASE_FILE and PORT.
 */
import Database from 'better-sqlite3'
import fastify from 'fastify'

const COLUMNS = 'id, first_name, last_name, email, city, credit, active, region, created_at'
const database = new Database(process.env.DATABASE_FILE)
database.pragma('journal_mode = wal')
database.pragma('foreign_keys = on')
const app = fastify()

interface Row {
  readonly id: number
  active: unknown
}
/** The same bytes as the gateway: a boolean is stored as a number. */
const told = (row: Row): Row => {
  row.active = row.active === 1
  return row
}

const byId = database.prepare<[number], Row>(`SELECT ${COLUMNS} FROM customers WHERE id = ?`)
app.get<{ Params: { id: string } }>('/customers/:id', async (request, reply) => {
  const row = byId.get(Number(request.params.id))
  return row ? told(row) : reply.code(404).send({ error: 'not found' })
})

const list = database.prepare<[number], Row>(`SELECT ${COLUMNS} FROM customers ORDER BY id LIMIT ?`)
app.get<{ Querystring: { limit: string } }>('/customers', async (request) => {
  return { resource: list.all(Number(request.query.limit)).map(told) }
})

const byName = database.prepare<[string, number], Row>(
  `SELECT ${COLUMNS} FROM customers WHERE last_name = ? ORDER BY id LIMIT ?`,
)
app.get<{ Params: { name: string }; Querystring: { limit: string } }>(
  '/customers/by-last-name/:name',
  async ({ params, query }) => ({ resource: byName.all(params.name, Number(query.limit)).map(told) }),
)

const from = database.prepare<[number, number, number], Row>(
  `SELECT ${COLUMNS} FROM customers WHERE id >= ? AND id < ? ORDER BY id LIMIT ?`,
)
const ordersOf = database.prepare<[number], object>(
  'SELECT id, customer_id, total, region, ordered_at FROM orders WHERE customer_id = ? ORDER BY id',
)
app.get<{ Querystring: { from: string; limit: string } }>('/customers/with-orders', async ({ query }) => {
  const first = Number(query.from)
  const limit = Number(query.limit)
  const customers = from.all(first, first + limit, limit).map(told)
  return { resource: customers.map((customer) => ({ ...customer, orders_by_customer_id: ordersOf.all(customer.id) })) }
})

interface Signup {
  readonly first_name: string
  readonly last_name: string
  readonly email: string
  readonly city: string
  readonly credit: number
  readonly active: boolean
  readonly region: string
}
const signUp = database.prepare<unknown[], Row>(
  `INSERT INTO signups (first_name, last_name, email, city, credit, active, region) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING ${COLUMNS}`,
)
app.post<{ Body: Signup }>('/signups', async ({ body }) => {
  const values = [body.first_name, body.last_name, body.email, body.city, body.credit, body.active ? 1 : 0, body.region]
  return { resource: signUp.all(...values).map(told) }
})

await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) })
