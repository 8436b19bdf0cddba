import { create } from '@platformatic/db'

const server = { hostname: '127.0.0.1', port: Number(process.env.PORT), logger: { level: 'error' } }
const db = {
  connectionString: process.env.DATABASE_URL,
  poolSize: Number(process.env.POOL),
  graphql: true,
  openapi: true,
  // The time of a row is the database's own.
  autoTimestamp: false,
  limit: { default: 10, max: 1000 },
}
const app = await create(
  import.meta.dirname,
  { server, db, watch: false },
  { isEntrypoint: true, serverConfig: server },
)
await app.start({ listen: true })
