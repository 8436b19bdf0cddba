/** Writes of the system's resources that depend on what they find. */
import { expect, test } from 'vitest'
import { AS_ADMIN, type Opened, opened } from './opened.ts'

const tagOf = async ({ gateway }: Opened, path: string): Promise<string> => {
  const answer = await gateway.fetch(new Request(`http://gw.test/api/v2/${path}`, { headers: AS_ADMIN }))
  expect(answer.status).toBe(200)
  return answer.headers.get('etag')!
}
const matching = (tag: string) => ({ ...AS_ADMIN, 'if-match': tag })

test('a change that depends on what was read is refused once somebody else has changed it', async () => {
  await using gw = await opened()
  const { ask } = gw
  await ask('POST', 'system/role', { resource: [{ name: 'clerk' }] })
  const tag = await tagOf(gw, 'system/role/1')
  expect(await ask('PATCH', 'system/role/1', { description: 'a' }, matching(tag))).toMatchObject({ status: 200 })
  const late = await ask('PATCH', 'system/role/1', { description: 'b' }, matching(tag))
  expect(late).toMatchObject({ status: 412, body: { error: { message: expect.stringMatching(/If-Match/) } } })
  expect(await ask('DELETE', 'system/role/1', undefined, matching(tag))).toMatchObject({ status: 412 })
  expect((await ask('GET', 'system/role/1')).body).toMatchObject({ description: 'a' })
  const now = await tagOf(gw, 'system/role/1')
  expect(await ask('DELETE', 'system/role/1', undefined, matching(now))).toMatchObject({ status: 200 })
  expect(await ask('GET', 'system/role/1')).toMatchObject({ status: 404 })
})

test('of many editors of one record, each change is made on what its editor has read', async () => {
  await using gw = await opened()
  const { ask } = gw
  await ask('POST', 'system/role', { resource: [{ name: 'counted', description: '0' }] })
  const edit = async (): Promise<number> => {
    for (let refused = 0; ; refused += 1) {
      const tag = await tagOf(gw, 'system/role/1?fields=description')
      const { body } = await ask('GET', 'system/role/1?fields=description')
      const next = { description: String(Number(body.description) + 1) }
      const answer = await ask('PATCH', 'system/role/1?fields=description', next, matching(tag))
      if (answer.status === 200) return refused
      expect(answer.status).toBe(412)
    }
  }
  await Promise.all(Array.from({ length: 10 }, edit))
  expect((await ask('GET', 'system/role/1')).body.description).toBe('10')
})

test('the tag of a service is of what is shown: it can be sent back although secrets are masked', async () => {
  await using gw = await opened()
  const { ask } = gw
  const config = { database: ':memory:' }
  await ask('POST', 'system/service', {
    resource: [{ name: 'db', label: 'a', type: 'sqlite', is_active: false, config }],
  })
  const tag = await tagOf(gw, 'system/service/1')
  const changed = await ask('PATCH', 'system/service/1', { label: 'b' }, matching(tag))
  expect(changed).toMatchObject({ status: 200 })
  expect(await ask('PATCH', 'system/service/1', { label: 'c' }, matching(tag))).toMatchObject({ status: 412 })
})

test('a condition that a collection can not keep is refused, and nothing is done', async () => {
  await using gw = await opened()
  const { ask } = gw
  const post = ask('POST', 'system/role', { resource: [{ name: 'x' }] }, { ...AS_ADMIN, 'idempotency-key': 'k' })
  expect(await post).toMatchObject({ status: 501 })
  expect((await ask('GET', 'system/role')).body).toEqual({ resource: [] })
})
