import { expect, test } from 'vitest'
import { opened } from './opened.ts'
import { signIn } from './signing-in.ts'

test('What people do for themselves is in the documents of the services that do it', async () => {
  await using gw = await opened({ sessions: 'real' })
  const { headers } = await signIn(gw)
  const pathsOf = async (service: string) =>
    (await gw.ask('GET', `${service}/_spec`, undefined, headers)).body.paths as Record<string, Record<string, any>>
  const user = await pathsOf('user')
  const verbsOf = (path: string) =>
    Object.keys(user[`/user${path}`] ?? user[path] ?? {}).filter((key) => /^[a-z]+$/.test(key))
  expect(verbsOf('/session')).toEqual(expect.arrayContaining(['get', 'post', 'put', 'delete']))
  for (const path of ['/profile', '/password', '/register', '/custom', '/custom/{name}'])
    expect([path, verbsOf(path).length > 0]).toEqual([path, true])
  const session = user['/user/session'] ?? user['/session']!
  expect(session.post).toMatchObject({ operationId: expect.stringMatching(/UserSession$/), requestBody: {} })
  const system = Object.keys(await pathsOf('system')).join(' ')
  for (const path of ['/admin/session', '/admin/profile', '/admin/password']) expect(system).toContain(path)
})
