import { feathers } from '@feathersjs/feathers'
import { KnexService } from '@feathersjs/knex'
import { bodyParser, errorHandler, koa, parseAuthentication, rest } from '@feathersjs/koa'
import knex from 'knex'
import pg from 'pg'

pg.types.setTypeParser(pg.types.builtins.TIMESTAMP, (text) => text)
const app = koa(feathers())
app.use(errorHandler())
app.use(parseAuthentication())
app.use(bodyParser())
app.configure(rest())
const Model = knex({
  client: 'pg',
  connection: process.env.DATABASE_URL,
  pool: { min: 0, max: Number(process.env.POOL) },
})
for (const name of ['customers', 'signups']) {
  app.use(name, new KnexService({ Model, name, id: 'id', paginate: { default: 10, max: 1000 } }))
}
await app.listen(Number(process.env.PORT), '127.0.0.1')
