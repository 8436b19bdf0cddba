/** Where a store may be: what the operator's rules refuse is not connected to, by whatever name. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createEgress, type EgressOptions } from '@gw/core/kernel'
import { recordedHost } from '@gw/testkit'
import { afterEach, expect, test, vi } from 'vitest'
import { s3Config } from '../src/config.ts'
import s3 from '../src/index.ts'
import { KEYS } from './bucket.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  vi.unstubAllEnvs()
  for (const close of closing.splice(0).reverse()) await close()
})

/** A service at an endpoint, under an operator's rules. */
const serviceAt = (endpoint: string, rules: EgressOptions, keys: object = KEYS) => {
  const egress = createEgress(rules)
  closing.push(() => egress.close())
  const config = s3Config.parse({
    ...keys,
    region: 'us-east-1',
    container: 'bucket',
    endpoint,
    use_path_style_endpoint: true,
    timeout: 2,
  })
  const service = s3.create(config, { ...recordedHost(), lookup: egress.lookup })
  closing.push(() => service.stop?.())
  return service
}

/** Says yes to everything, and how often it was asked. */
const listening = async () => {
  let asked = 0
  const server = createServer((_request, response) => {
    asked += 1
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  return { port: (server.address() as AddressInfo).port, asked: () => asked }
}

test.each([
  'http://169.254.169.254',
  'http://127.0.0.1:9000',
  'http://2130706433:9000',
  'http://0x7f.1:9000',
  'http://0177.0.0.1:9000',
  'http://[::1]:9000',
  'http://[::ffff:169.254.169.254]',
  'http://10.0.0.5',
  'http://192.168.1.2:9000',
  'http://0.0.0.0:9000',
])('a store at %s is refused where the operator has not opened it', (endpoint) => {
  expect(() => serviceAt(endpoint, {})).toThrow(expect.objectContaining({ code: 'forbidden' }))
})

test('a name that leads to a refused address is not connected to, and is once it is opened', async () => {
  const server = await listening()
  const endpoint = `http://store.example:${server.port}`
  const resolve = async () => [{ address: '127.0.0.1', family: 4 }]
  const closed = serviceAt(endpoint, { resolve })
  await expect(closed.health!(AbortSignal.timeout(20_000))).rejects.toMatchObject({ code: 'forbidden' })
  expect(server.asked()).toBe(0)
  const opened = serviceAt(endpoint, { resolve, allow: ['store.example'] })
  await opened.health!(AbortSignal.timeout(20_000))
  expect(server.asked()).toBe(1)
})

test('a machine is not asked for its role where the operator has not opened its address', async () => {
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']) vi.stubEnv(name, '')
  const server = await listening()
  const endpoint = `http://127.0.0.1:${server.port}`
  // Whoever asks this instead of the machine shows that it was asked.
  const machine = await listening()
  vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', `http://127.0.0.1:${machine.port}`)
  const service = serviceAt(endpoint, { allow: ['127.0.0.0/8'] }, {})
  await expect(service.health!(AbortSignal.timeout(20_000))).rejects.toMatchObject({
    code: 'upstream_failed',
    message: expect.stringMatching(/credentials/),
  })
  expect([server.asked(), machine.asked()]).toEqual([0, 0])
  const allowed = serviceAt(endpoint, { allow: ['127.0.0.0/8', '169.254.169.254'] }, {})
  await expect(allowed.health!(AbortSignal.timeout(20_000))).rejects.toThrow()
  expect(machine.asked()).toBeGreaterThan(0)
})

test('the environment has a key for a service without one', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', KEYS.key)
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', KEYS.secret)
  const server = await listening()
  const service = serviceAt(`http://127.0.0.1:${server.port}`, { allow: ['127.0.0.0/8'] }, {})
  await service.health!(AbortSignal.timeout(20_000))
  expect(server.asked()).toBe(1)
})
