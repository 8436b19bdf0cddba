/**
 * b on MariaDB: what a careful developer writes by hand. Fastify and mysql2, prepared statements, one handler a
 * question, no access rules. Run as a process of its own: `node mariadb.ts`, with DATABASE_URL and PORT.
 */
import fastify from 'fastify'
import { createPool, type ResultSetHeader, type RowDataPacket } from 'mysql2/promise'

const COLUMNS = 'id, first_name, last_name, email, city, credit, active, region, created_at'
// The same bytes as the gateway: dates as the database writes them, decimals as numbers.
const pool = createPool({
  uri: process.env.DATABASE_URL as string,
  connectionLimit: Number(process.env.POOL ?? 10),
  dateStrings: true,
  decimalNumbers: true,
})
const app = fastify()

const ask = async (sql: string, values: (string | number)[]): Promise<RowDataPacket[]> => {
  const [rows] = await pool.execute<RowDataPacket[]>(sql, values)
  for (const row of rows) row.active = row.active === 1
  return rows
}

app.get<{ Params: { id: string } }>('/customers/:id', async (request, reply) => {
  const rows = await ask(`SELECT ${COLUMNS} FROM customers WHERE id = ?`, [Number(request.params.id)])
  return rows[0] ?? reply.code(404).send({ error: 'not found' })
})

app.get<{ Querystring: { limit: string } }>('/customers', async (request) => {
  return { resource: await ask(`SELECT ${COLUMNS} FROM customers ORDER BY id LIMIT ?`, [request.query.limit]) }
})

app.get<{ Params: { name: string }; Querystring: { limit: string } }>(
  '/customers/by-last-name/:name',
  async ({ params, query }) => {
    const sql = `SELECT ${COLUMNS} FROM customers WHERE last_name = ? ORDER BY id LIMIT ?`
    return { resource: await ask(sql, [params.name, query.limit]) }
  },
)

interface Row extends RowDataPacket {
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
  const sql = `SELECT ${COLUMNS} FROM customers WHERE id >= ? AND id < ? ORDER BY id LIMIT ?`
  const customers = (await ask(sql, [from, from + Number(query.limit), query.limit])) as Row[]
  const ids = customers.map(({ id }) => id)
  const [orders] = await pool.execute<Row[]>(
    `SELECT id, customer_id, total, region, ordered_at FROM orders WHERE customer_id IN (${ids.map(() => '?').join()}) ORDER BY id`,
    ids,
  )
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
  const connection = await pool.getConnection()
  try {
    await connection.beginTransaction()
    const [{ insertId }] = await connection.execute<ResultSetHeader>(
      'INSERT INTO signups (first_name, last_name, email, city, credit, active, region) VALUES (?, ?, ?, ?, ?, ?, ?)',
      [body.first_name, body.last_name, body.email, body.city, body.credit, body.active, body.region],
    )
    const [rows] = await connection.execute<RowDataPacket[]>(`SELECT ${COLUMNS} FROM signups WHERE id = ?`, [insertId])
    await connection.commit()
    for (const row of rows) row.active = row.active === 1
    return { resource: rows }
  } catch (error) {
    await connection.rollback()
    throw error
  } finally {
    connection.release()
  }
})

await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) })
