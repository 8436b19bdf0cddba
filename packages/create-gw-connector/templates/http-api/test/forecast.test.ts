import { openGateway } from '@gw/testkit'
import { afterAll, expect, test } from 'vitest'
import connector from '../src/index.ts'
import { KEY, openSource } from './source.ts'

const { url, server } = await openSource()
const gateway = await openGateway({
  services: { wx: { type: connector, config: { base_url: url, api_key: KEY } } },
})
afterAll(async () => {
  await gateway.close()
  server.close()
})

const call = (path: string) => gateway.ask({ service: 'wx', path })

test('a city has a forecast of as many days as are asked for', async () => {
  expect(await call('forecast/Vienna?days=2')).toMatchObject({
    status: 200,
    body: { resource: [{ date: '2026-07-01', max: 21 }, { date: '2026-07-02' }] },
  })
})

test('a city that nobody knows is not found', async () => {
  expect(await call('forecast/Nowhere')).toMatchObject({ status: 404 })
})
