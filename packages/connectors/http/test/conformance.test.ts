import { conformance, prove } from '@gw/testkit'
import { afterAll } from 'vitest'
import proof from '../gw.conformance.ts'
import http from '../src/index.ts'

await prove(proof)

const openapi = {
  openapi: '3.1.0',
  info: { title: 'Shop', version: '1' },
  paths: {
    '/items': {
      get: {
        operationId: 'items/list',
        responses: { 200: { description: 'All.', content: { 'application/json': {} } } },
      },
      post: { requestBody: { content: { 'application/json': { schema: { type: 'object' } } } } },
    },
    '/items/{item-id}': { get: { responses: {} }, delete: { summary: 'Away with it' } },
  },
}

// The same with an API description, which gives it endpoints of its own.
const source = await proof.open()
if ('missing' in source || !source.service) throw new Error('There is no source.')
afterAll(() => source.close?.())
const { base_url } = source.service.config
conformance({ type: http, ...source.service, config: { base_url, openapi }, resources: ['items'] })
