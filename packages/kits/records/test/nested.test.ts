import { describe, expect, test } from 'vitest'
import { memorySource } from '../src/memory.ts'
import { api, field, ID, table } from './gateway.ts'

const key = (columns: readonly string[], to: string, references: readonly string[] = ['id']) => ({
  name: `${to}_${columns.join('_')}`,
  columns,
  table: to,
  references,
})
const int = (name: string, more = {}) => field(name, { type: 'integer', ...more })

const TABLES = [
  table('users', [ID, field('name'), int('team_id')], { foreignKeys: [key(['team_id'], 'teams')] }),
  table('teams', [ID, field('title')]),
  table('profiles', [ID, int('user_id', { unique: true }), field('bio')], { foreignKeys: [key(['user_id'], 'users')] }),
  table('roles', [ID, field('title')]),
  table('codes', [field('code', { primaryKey: true, nullable: false }), field('title')]),
  table('user_roles', [ID, int('user_id'), int('role_id')], {
    foreignKeys: [key(['user_id'], 'users'), key(['role_id'], 'roles')],
  }),
  table('user_codes', [int('user_id'), field('code')], {
    foreignKeys: [key(['user_id'], 'users'), key(['code'], 'codes', ['code'])],
  }),
  table('notes', [ID, int('user_id'), field('text')], { foreignKeys: [key(['user_id'], 'users')] }),
]
const shop = () =>
  api(
    memorySource({
      tables: TABLES,
      rows: {
        teams: [{ id: 1, title: 'red' }],
        users: [
          { id: 1, name: 'Ada', team_id: 1 },
          { id: 2, name: 'Bob', team_id: null },
        ],
        profiles: [{ id: 1, user_id: 1, bio: 'first' }],
        roles: [
          { id: 1, title: 'reader' },
          { id: 2, title: 'editor' },
        ],
        codes: [{ code: 'a', title: 'A' }],
        user_roles: [{ id: 1, user_id: 1, role_id: 1 }],
        notes: [
          { id: 1, user_id: 1, text: 'one' },
          { id: 2, user_id: 2, text: 'two' },
        ],
      },
    }),
  )
const ALL = 'teams_by_team_id,profiles_by_user_id,roles_by_user_roles,notes_by_user_id,codes_by_user_codes'
const read = (shown: ReturnType<typeof api>, id: number) =>
  shown.ask(`GET /_table/users/${id}`, { query: { related: ALL, fields: 'name' } })

describe('a record with others inside it', () => {
  test('is written with relations of every kind', async () => {
    const shown = shop()
    const body = {
      name: 'Cy',
      teams_by_team_id: { title: 'new' },
      profiles_by_user_id: { bio: 'mine' },
      roles_by_user_roles: [{ id: 2 }, { title: 'guest' }, { id: 1, title: 'Reader' }],
      codes_by_user_codes: [{ code: 'a' }, { code: 'b', title: 'B' }],
      notes_by_user_id: [{ text: 'x' }, { id: 2 }],
    }
    const created = await shown.ask('POST /_table/users', { body: [body], query: { related: ALL, fields: 'name' } })
    const { id: _, ...cy } = created.resource[0]
    expect(cy).toMatchObject({
      name: 'Cy',
      teams_by_team_id: { id: 2, title: 'new' },
      profiles_by_user_id: { bio: 'mine' },
      roles_by_user_roles: [
        { id: 1, title: 'Reader' },
        { id: 2, title: 'editor' },
        { id: 3, title: 'guest' },
      ],
      codes_by_user_codes: [
        { code: 'a', title: 'A' },
        { code: 'b', title: 'B' },
      ],
    })
    expect(cy.notes_by_user_id.map(({ text }: any) => text).toSorted()).toEqual(['two', 'x'])
    expect((await read(shown, 2)).notes_by_user_id).toEqual([])
  })

  test('links once, and unlinks by the name of the record’s own key', async () => {
    const shown = shop()
    const body = { roles_by_user_roles: [{ id: 1 }, { id: 2 }] }
    await shown.ask('PATCH /_table/users/1', { body })
    expect((await shown.ask('GET /_table/user_roles')).resource).toHaveLength(2)
    await shown.ask('PATCH /_table/users/1', { body: { roles_by_user_roles: [{ id: 1, 'users.id': null }] } })
    expect((await read(shown, 1)).roles_by_user_roles).toEqual([{ id: 2, title: 'editor' }])
    expect((await shown.ask('GET /_table/roles')).resource).toHaveLength(2)
    const missing = { roles_by_user_roles: [{ id: 77, 'users.id': null }] }
    expect((await shown.refused('PATCH /_table/users/1', { body: missing })).code).toBe('not_found')
    const keyless = { codes_by_user_codes: [{ title: 'no key' }] }
    expect((await shown.refused('PATCH /_table/users/1', { body: keyless })).message).toContain(
      "no primary key value for 'code'",
    )
  })

  test('has one of something, which nothing takes away', async () => {
    const shown = shop()
    await shown.ask('PATCH /_table/users/1', { body: { profiles_by_user_id: { id: 1, bio: 'second' } } })
    expect((await read(shown, 1)).profiles_by_user_id).toMatchObject({ id: 1, bio: 'second' })
    await shown.ask('PATCH /_table/users/1', { body: { profiles_by_user_id: null } })
    expect((await read(shown, 1)).profiles_by_user_id).toBeNull()
    expect((await shown.ask('GET /_table/profiles')).resource).toEqual([{ id: 1, user_id: null, bio: 'second' }])
  })

  test('keeps what it refers to where null stands there, and lets go of it by the field', async () => {
    const shown = shop()
    await shown.ask('PATCH /_table/users/1', { body: { teams_by_team_id: null } })
    expect((await read(shown, 1)).teams_by_team_id).toEqual({ id: 1, title: 'red' })
    await shown.ask('PATCH /_table/users/1', { body: { team_id: null } })
    expect((await read(shown, 1)).teams_by_team_id).toBeNull()
  })

  test('lets go of children whose reference is sent as null, and changes them meanwhile', async () => {
    const shown = shop()
    const body = { notes_by_user_id: [{ id: 1, user_id: null, text: 'free' }] }
    await shown.ask('PATCH /_table/users/1', { body })
    expect(await shown.ask('GET /_table/notes/1')).toEqual({ id: 1, user_id: null, text: 'free' })
    const error = await shown.refused('PATCH /_table/users/1', {
      body: { notes_by_user_id: [{ id: 2, user_id: null }] },
    })
    expect(error.code).toBe('not_found')
    expect(error.message).toContain('notes_by_user_id')
  })

  test('is bounded in depth and number', async () => {
    const shown = shop()
    const many = { notes_by_user_id: Array.from({ length: 10_001 }, (_, n) => ({ text: String(n) })) }
    expect((await shown.refused('PATCH /_table/users/1', { body: many })).message).toContain('10000 can be written')
    expect(await shown.ask('GET /_table/notes', { query: { count_only: true } })).toBe(2)
  })
})
