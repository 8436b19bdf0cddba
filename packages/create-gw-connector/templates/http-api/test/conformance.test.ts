import { conformance } from '@gw/testkit'
import { afterAll } from 'vitest'
import connector from '../src/index.ts'
import { KEY, openSource } from './source.ts'

const { url, server } = await openSource()
afterAll(() => void server.close())
// Nobody listens there any more.
const away = await openSource()
away.server.close()

const config = { base_url: url, api_key: KEY }

// What every connector promises: configuration, endpoints, lifecycle, refusals, documents, secrets.
conformance({
  type: connector,
  config,
  invalid: [{}, { ...config, base_url: 'nowhere' }, { ...config, api_key: '' }, { ...config, unknown: true }],
  unreachable: { ...config, base_url: away.url },
})
