/**
 * What HTTP alone does: servers that answer the bytes in ANSWER_FILE to whatever is asked. Run as a process of its own:
 * `node http.ts node|hono|fastify`, with ANSWER_FILE and PORT.
 */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { serve } from '@hono/node-server'
import fastify from 'fastify'
import { Hono } from 'hono'

const answer = readFileSync(process.env.ANSWER_FILE as string)
const port = Number(process.env.PORT)
const hostname = '127.0.0.1'
const type = 'application/json; charset=utf-8'

const SERVERS: Readonly<Record<string, () => unknown>> = {
  node: () =>
    createServer((_request, response) => {
      response.writeHead(200, { 'content-type': type, 'content-length': answer.length }).end(answer)
    }).listen(port, hostname),
  hono: () => {
    const app = new Hono()
    app.get('/customers/:id', () => new Response(answer, { headers: { 'content-type': type } }))
    app.get('/customers', () => new Response(answer, { headers: { 'content-type': type } }))
    return serve({ fetch: app.fetch, port, hostname })
  },
  fastify: () => {
    const app = fastify()
    app.get('/customers/:id', (_request, reply) => reply.type(type).send(answer))
    app.get('/customers', (_request, reply) => reply.type(type).send(answer))
    return app.listen({ host: hostname, port })
  },
}
SERVERS[process.argv[2] ?? '']?.()
