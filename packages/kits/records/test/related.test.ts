import { describe, expect, test } from 'vitest'
import { memorySource } from '../src/memory.ts'
import { api, field, ID, table, watched } from './gateway.ts'

const key = (name: string, columns: readonly string[], to: string, references: readonly string[]) => ({
  name,
  columns,
  table: to,
  references,
})
const int = (name: string, more = {}) => field(name, { type: 'integer', ...more })

const TABLES = [
  table('users', [ID, field('name'), int('boss_id')], { foreignKeys: [key('b', ['boss_id'], 'users', ['id'])] }),
  table('profiles', [ID, int('user_id', { unique: true })], { foreignKeys: [key('p', ['user_id'], 'users', ['id'])] }),
  table('roles', [ID, field('title'), field('secret')]),
  table('user_roles', [ID, int('user_id'), field('role_id'), field('state')], {
    foreignKeys: [key('u', ['user_id'], 'users', ['id']), key('r', ['role_id'], 'roles', ['id'])],
  }),
  table('places', [int('x', { primaryKey: true }), int('y', { primaryKey: true }), field('name')]),
  table('visits', [ID, int('x'), int('y')], { foreignKeys: [key('v', ['x', 'y'], 'places', ['x', 'y'])] }),
]
const source = () =>
  memorySource({
    tables: TABLES,
    rows: {
      users: [
        { id: 1, name: 'Ada', boss_id: null },
        { id: 2, name: 'Bob', boss_id: 1 },
        { id: 3, name: 'Cleo', boss_id: 1 },
      ],
      profiles: [{ id: 9, user_id: 2 }],
      roles: [
        { id: 1, title: 'reader', secret: 'a' },
        { id: 2, title: 'editor', secret: 'b' },
      ],
      // The reference is text where the key is a number: they are compared loosely.
      user_roles: [
        { id: 1, user_id: 1, role_id: '1', state: 'on' },
        { id: 2, user_id: 1, role_id: '2', state: 'off' },
        { id: 3, user_id: 1, role_id: '2', state: 'on' },
        { id: 4, user_id: 2, role_id: '1', state: 'on' },
      ],
      places: [
        { x: 1, y: 1, name: 'here' },
        { x: 1, y: 2, name: 'there' },
      ],
      visits: [
        { id: 1, x: 1, y: 2 },
        { id: 2, x: 1, y: null },
        { id: 3, x: 1, y: 1 },
      ],
    },
  })
const list = async (line: string, query: Record<string, unknown>, ask = {}) =>
  (await api(source()).ask(line, { query, ...ask })).resource
const FREE = { filters: [], deny: [] }
const titles = (rows: any) => rows.map((row: any) => row.roles_by_user_roles.map((role: any) => role.title))

describe('records with their relations', () => {
  test('has_one is an object or null', async () => {
    const rows = await list('GET /_table/users', { related: 'profiles_by_user_id' })
    expect(rows.map((row: any) => row.profiles_by_user_id)).toEqual([null, { id: 9, user_id: 2 }, null])
  })
  test('many_many has each record once, in order, at most so many for each parent', async () => {
    const related = 'roles_by_user_roles'
    const query = { related, 'roles_by_user_roles.order': 'title' }
    expect(titles(await list('GET /_table/users', query))).toEqual([['editor', 'reader'], ['reader'], []])
    const limited = { ...query, 'roles_by_user_roles.limit': 1 }
    expect(titles(await list('GET /_table/users', limited))).toEqual([['editor'], ['reader'], []])
  })
  test("a junction's row filters and rights hold", async () => {
    const filter = { op: 'and' as const, conditions: [{ name: 'state', operator: '=', value: 'off' }] }
    const grants = { '_table/users': FREE, '_table/roles': FREE, '_table/user_roles': { filters: [filter], deny: [] } }
    const query = { related: 'roles_by_user_roles' }
    expect(titles(await list('GET /_table/users', query, { grants }))).toEqual([['editor'], [], []])
    const fewer = { '_table/users': FREE, '_table/roles': FREE }
    expect((await api(source()).refused('GET /_table/users', { query, grants: fewer })).code).toBe('forbidden')
    const denied = { ...fewer, '_table/user_roles': { filters: [], deny: ['role_id'] } }
    const nameless = await list('GET /_table/users', query, { grants: denied })
    expect(nameless).toEqual(await list('GET /_table/users', { related: 'nothing' }, { grants: denied }))
    const [ada] = await list('GET /_table/users', { related: '*' }, { grants: fewer })
    expect('roles_by_user_roles' in ada).toBe(false)
  })
  test('a reference to the own table can be followed in both directions', async () => {
    const [ada, bob] = await list('GET /_table/users', { related: 'users_by_boss_id,users_by_boss_id_one' })
    expect(ada.users_by_boss_id.map((one: any) => one.name)).toEqual(['Bob', 'Cleo'])
    expect([ada.users_by_boss_id_one, bob.users_by_boss_id_one.name]).toEqual([null, 'Ada'])
  })
  test('keys of several fields relate records, and a null in one of them relates to nothing', async () => {
    const visits = await list('GET /_table/visits', { related: 'places_by_x_y', fields: 'id' })
    expect(visits.map((row: any) => row.places_by_x_y?.name ?? null)).toEqual(['there', null, 'here'])
    const places = await list('GET /_table/places', { related: 'visits_by_x_y', 'visits_by_x_y.limit': 1 })
    expect(places.map((row: any) => row.visits_by_x_y.map((one: any) => one.id))).toEqual([[3], [1]])
  })
  test('a limit for each parent holds also where the source has no partitions', async () => {
    const memory = source()
    const bare = watched({ ...memory, capabilities: { ...memory.capabilities, partition: false } })
    const query = { related: 'users_by_boss_id', 'users_by_boss_id.limit': 1, 'users_by_boss_id.order': 'name desc' }
    const { resource } = await api(bare).ask('GET /_table/users', { query })
    expect(resource[0].users_by_boss_id.map((one: any) => one.name)).toEqual(['Cleo'])
    expect(bare.ran.filter(({ name }) => name === 'read')).toHaveLength(4)
  })
  test('depth and number are bounded, and unknown names are ignored', async () => {
    const deep = Array(5).fill('users_by_boss_id').join('.')
    expect((await api(source()).refused('GET /_table/users', { query: { related: deep } })).code).toBe(
      'invalid_request',
    )
    const many = Array(33).fill('x').join(',')
    expect((await api(source()).refused('GET /_table/users', { query: { related: many } })).code).toBe(
      'invalid_request',
    )
    expect(Object.keys((await list('GET /_table/users', { related: 'x,__proto__' }))[0])).toEqual([
      'id',
      'name',
      'boss_id',
    ])
  })
  test('related is refused with groups, which have no relations', async () => {
    const query = { related: '*', group: 'name', fields: 'name' }
    expect((await api(source()).refused('GET /_table/users', { query })).code).toBe('invalid_request')
  })
})
