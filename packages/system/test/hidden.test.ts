import { describe, expect, test } from 'vitest'
import { opened, PASSWORD } from './opened.ts'

const HIDDEN = ['password', 'security_answer', 'confirm_code', 'remember_token', 'is_sys_admin', 'confirm_code_date']

describe('what is never told of users', () => {
  test('is not there for any way of asking', async () => {
    await using gw = await opened()
    const { ask } = gw
    const made = await ask('POST', 'system/user?fields=*', {
      resource: [
        {
          name: 'Ann',
          email: 'Ann@gw.test',
          password: PASSWORD,
          security_question: 'Who?',
          security_answer: 'swordfish',
          is_sys_admin: true,
        },
      ],
    })
    expect(made).toMatchObject({ status: 201, body: { resource: [{ email: 'ann@gw.test', username: 'ann@gw.test' }] } })
    const [{ id }] = made.body.resource
    await ask('POST', 'system/service', { resource: [{ name: 'x', type: 'sqlite', config: { database: 'x' } }] })
    const answers = [
      made,
      await ask('GET', 'system/user'),
      await ask('GET', `system/user/${id}?fields=*`),
      await ask('GET', 'system/admin?include_schema=true'),
      await ask('PATCH', `system/user/${id}?fields=*`, { password: `${PASSWORD}!` }),
      await ask('GET', 'system/service?related=user_by_created_by_id'),
      await ask('DELETE', `system/user/${id}?fields=*`),
    ]
    for (const { status, body } of answers) {
      expect([200, 201]).toContain(status)
      expect(JSON.stringify(body)).not.toContain('$argon2')
      const text = JSON.stringify(body)
      for (const field of HIDDEN) expect(text).not.toContain(`"${field}"`)
    }
    for (const field of HIDDEN) {
      for (const query of [
        `fields=${field}`,
        `filter=${field} is not null`,
        `order=${field}`,
        `group=${field}`,
        `group=name&fields=MIN(${field})`,
        `group=name&having=COUNT_${field} > 0`,
        `count_only=true&filter=${field} like 'a%25'`,
        `id_field=${field}&ids=1`,
      ]) {
        const { status, body } = await ask('GET', `system/admin?${query}`)
        expect(status, query).toBe(400)
        expect(JSON.stringify(body), query).not.toContain('argon2')
      }
      expect(await ask('PATCH', `system/admin?filter=${field} is not null`, { phone: '1' })).toMatchObject({
        status: 400,
      })
      expect(await ask('DELETE', `system/admin?filter=${field} is not null`)).toMatchObject({ status: 400 })
      expect(
        await ask('GET', `system/service?related=user_by_created_by_id&user_by_created_by_id.fields=${field}`),
      ).toMatchObject({ status: 400 })
      expect(
        await ask(
          'GET',
          `system/service?related=user_by_created_by_id&user_by_created_by_id.filter=${field} is not null`,
        ),
      ).toMatchObject({ status: 400 })
    }
  })

  test('administrators and users are two collections: neither reads nor changes the other', async () => {
    await using gw = await opened()
    const { ask } = gw
    const [{ id }] = (await ask('POST', 'system/user', { resource: [{ name: 'Ann', email: 'ann@gw.test' }] })).body
      .resource
    expect((await ask('GET', 'system/admin')).body.resource.map(({ email }: { email: string }) => email)).toEqual([
      'root@gw.test',
    ])
    expect((await ask('GET', 'system/user')).body.resource.map(({ email }: { email: string }) => email)).toEqual([
      'ann@gw.test',
    ])
    expect(await ask('GET', `system/admin/${id}`)).toMatchObject({ status: 404 })
    expect(await ask('PATCH', 'system/user/1', { phone: '1' })).toMatchObject({ status: 404 })
    expect(await ask('DELETE', 'system/user/1')).toMatchObject({ status: 404 })
    expect(await ask('DELETE', 'system/user?force=true')).toMatchObject({ status: 200 })
    expect((await ask('GET', 'system/admin')).body.resource).toHaveLength(1)
    expect(await ask('DELETE', 'system/admin/1')).toMatchObject({
      status: 403,
      body: { error: { message: 'Cannot delete your account.' } },
    })
    const taken = await ask('POST', 'system/user', {
      resource: [{ name: 'Root', email: 'ROOT@gw.test', username: 'someone' }],
    })
    expect(taken.body.error.context.resource[0]).toMatchObject({
      code: 400,
      context: { email: ['The email is taken.'] },
    })
  })
})
