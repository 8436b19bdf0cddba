/**
 * b: what a careful developer writes by hand. Fastify and pg, named prepared statements, one handler a question, no
 * access rules. Run as a process of its own: `node postgres.ts`, with DATABASE_URL and PORT.
 */
import fastify from 'fastify'
import pg from 'pg'

// The same bytes as the gateway: timestamps as the database writes them, numerics as numbers.
pg.types.setTypeParser(pg.types.builtins.TIMESTAMP, (text) => text)
pg.types.setTypeParser(pg.types.builtins.NUMERIC, Number)

const COLUMNS = 'id, first_name, last_name, email, city, credit, active, region, created_at'
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: Number(process.env.POOL ?? 10) })
const app = fastify()

app.get<{ Params: { id: string } }>('/customers/:id', async (request, reply) => {
  const { rows } = await pool.query({
    name: 'customer',
    text: `SELECT ${COLUMNS} FROM customers WHERE id = $1`,
    values: [Number(request.params.id)],
  })
  return rows[0] ?? reply.code(404).send({ error: 'not found' })
})

app.get<{ Querystring: { limit: string } }>('/customers', async (request) => {
  const { rows } = await pool.query({
    name: 'customers',
    text: `SELECT ${COLUMNS} FROM customers ORDER BY id LIMIT $1`,
    values: [Number(request.query.limit)],
  })
  return { resource: rows }
})

app.get<{ Params: { name: string }; Querystring: { limit: string } }>(
  '/customers/by-last-name/:name',
  async (request) => {
    const { rows } = await pool.query({
      name: 'customers-by-last-name',
      text: `SELECT ${COLUMNS} FROM customers WHERE last_name = $1 ORDER BY id LIMIT $2`,
      values: [request.params.name, Number(request.query.limit)],
    })
    return { resource: rows }
  },
)

interface Row {
  readonly id: number
  readonly customer_id: number
}

/** Each customer with what is theirs of `orders`. */
const grouped = (customers: readonly Row[], orders: readonly Row[]) => {
  const byCustomer = new Map(customers.map((customer) => [customer.id, [] as Row[]]))
  for (const order of orders) byCustomer.get(order.customer_id)?.push(order)
  return customers.map((customer) => ({ ...customer, orders_by_customer_id: byCustomer.get(customer.id) }))
}

app.get<{ Querystring: { from: string; limit: string } }>('/customers/with-orders', async ({ query }) => {
  const from = Number(query.from)
  const limit = Number(query.limit)
  const { rows: customers } = await pool.query({
    name: 'customers-from',
    text: `SELECT ${COLUMNS} FROM customers WHERE id >= $1 AND id < $2 ORDER BY id LIMIT $3`,
    values: [from, from + limit, limit],
  })
  const { rows: orders } = await pool.query({
    name: 'orders-of',
    text: 'SELECT id, customer_id, total, region, ordered_at FROM orders WHERE customer_id = ANY($1) ORDER BY id',
    values: [customers.map(({ id }) => id)],
  })
  return { resource: grouped(customers, orders) }
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
app.post<{ Body: Signup }>('/signups', async ({ body }) => {
  const { rows } = await pool.query({
    name: 'signup',
    text: `INSERT INTO signups (first_name, last_name, email, city, credit, active, region)
           VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING ${COLUMNS}`,
    values: [body.first_name, body.last_name, body.email, body.city, body.credit, body.active, body.region],
  })
  return { resource: rows }
})

await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) })
