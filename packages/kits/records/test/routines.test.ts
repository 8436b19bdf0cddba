import { describe, expect, test } from 'vitest'
import {
  type Routine,
  type RoutineParameter,
  type RoutineResult,
  recordsCanonical,
  routineCatalogOf,
  routineResources,
} from '../src/index.ts'
import { memorySource } from '../src/memory.ts'
import { api, customers, FREE } from './gateway.ts'

const parameter = (name: string, more: Partial<RoutineParameter> = {}): RoutineParameter => ({
  name,
  named: true,
  mode: 'IN',
  type: 'integer',
  dbType: 'integer',
  ...more,
})
const routine = (name: string, parameters: readonly RoutineParameter[], more: Partial<Routine> = {}): Routine => ({
  name,
  native: name,
  schema: 'public',
  kind: 'function',
  returns: { kind: 'value', type: 'integer', dbType: 'integer' },
  parameters,
  ...more,
})
const TEXT = { type: 'text', dbType: 'text' } as const
const OUT = { mode: 'OUT' } as const

/** A source that answers every call with the same result and tells what it was called with. */
const calling = (routines: readonly Routine[], result: Partial<RoutineResult> = {}) => {
  const catalog = routineCatalogOf(routines)
  const ran: { routine: Routine; args: readonly unknown[] }[] = []
  const looks: string[] = []
  let known: typeof catalog | undefined
  const look = (why: string) => async () => {
    looks.push(why)
    known = catalog
    return catalog
  }
  const source = {
    ...memorySource({ tables: [customers] }),
    routines: {
      kinds: ['procedure', 'function'] as const,
      known: () => known,
      load: look('load'),
      refresh: look('refresh'),
      async call(routine: Routine, args: readonly unknown[]) {
        ran.push({ routine, args })
        return { sets: [], ...result }
      },
    },
  }
  return { ...api(source), source, ran, looks }
}
const args = async (routines: readonly Routine[], line: string, ask: object = {}) => {
  const { ran, ask: run } = calling(routines)
  await run(line, ask)
  return ran[0]!.args
}
const ADD = routine('add', [parameter('a'), parameter('b', { default: '10' })])

describe('arguments', () => {
  test('find their parameters by name, position, path and query, cast to their types', async () => {
    for (const [line, ask] of [
      ['POST /_func/add', { body: { params: { B: '2', a: 1 } } }],
      ['POST /_func/add', { body: { params: [1, '2'] } }],
      [
        'POST /_func/add',
        {
          body: {
            params: [
              { name: 'b', value: 2 },
              { name: 'A', value: '1' },
            ],
          },
        },
      ],
      ['GET /_func/add(1,2)', {}],
      ['GET /_func/ADD( 1 , 2 )', {}],
      ['GET /_func/public.add(1,2)', {}],
      ['GET /_func/add', { query: { A: '1', b: '2', api_key: 'k', Wrap: '1', schema: 'x', file: 'f' } }],
    ] as const) {
      expect(await args([ADD], line, ask), line).toEqual([1, 2])
    }
  })
  test('that are left out are their default, or null', async () => {
    expect(await args([ADD], 'GET /_func/add')).toEqual([null, undefined])
    expect(await args([ADD], 'GET /_func/add(1)')).toEqual([1, undefined])
    expect(await args([ADD], 'POST /_func/add', { body: { params: { a: null, b: null } } })).toEqual([null, null])
  })
  test('skip OUT parameters, unless the list has a place for them', async () => {
    const total = routine('total', [parameter('uid'), parameter('sum', OUT), parameter('x')], { kind: 'procedure' })
    expect(await args([total], 'GET /_proc/total(1,2)')).toEqual([1, undefined, 2])
    expect(await args([total], 'GET /_proc/total(1,9,2)')).toEqual([1, undefined, 2])
    expect(await args([total], 'POST /_proc/total', { body: { params: { uid: 1, sum: 5 } } })).toEqual([
      1,
      undefined,
      null,
    ])
  })
  test('that are lists of objects without names are values', async () => {
    const json = routine('keep', [parameter('doc', { type: 'json', dbType: 'json' })])
    expect(await args([json], 'POST /_func/keep', { body: { params: [{ a: 1 }] } })).toEqual(['{"a":1}'])
  })
  test('hold lookups, which are values and never text that is parsed again', async () => {
    const say = routine('say', [parameter('word', TEXT), parameter('more', TEXT)])
    const lookups = { 'user.id': 7, sly: 'a,b){x}' }
    expect(await args([say], 'GET /_func/say({user.id},{sly})', { lookups })).toEqual(['7', 'a,b){x}'])
    expect(await args([say], 'GET /_func/say', { lookups, query: { word: 'I am {user.id}' } })).toEqual([
      'I am 7',
      null,
    ])
    expect(await args([say], 'GET /_func/say({nope})', { lookups })).toEqual(['{nope}', null])
  })
  test('that make no sense are refused', async () => {
    const { refused, ran } = calling([ADD])
    for (const [line, ask, message] of [
      ['GET /_func/add(1,2,3)', {}, /takes 2 argument/],
      ['GET /_func/add(1', {}, /must end with/],
      ['GET /_func/add(x)', {}, /^Parameter 'a' must be a valid integer/],
      ['GET /_func/add', { query: { nope: '1' } }, /Unknown parameter 'nope'.+a, b/],
      ['GET /_func/add', { query: { a: ['1', '2'] } }, /'a' must be a valid integer/],
      ['POST /_func/add', { body: { params: { a: 1, A: 2 } } }, /given twice/],
      ['POST /_func/add', { body: { params: 3 } }, /'params' must be/],
      ['POST /_func/add', { body: [1, 2] }, /The body must be an object/],
      ['POST /_func/add', { body: { a: 1 } }, /Unknown key 'a'/],
      ['POST /_func/add', { body: { schema: [] } }, /'schema' must be/],
      ['POST /_func/add', { body: { schema: { x: 'blob' } } }, /Unknown type 'blob'/],
      ['POST /_func/add', { body: { returns: 5 } }, /'returns' must be a text/],
    ] as const) {
      expect(await refused(line, ask), line).toMatchObject({
        code: 'invalid_request',
        message: expect.stringMatching(message),
      })
    }
    expect(await refused('GET /_func/nope')).toMatchObject({
      code: 'not_found',
      message: "Function 'nope' does not exist in the database.",
    })
    expect(await refused('GET /_proc/add')).toMatchObject({ code: 'not_found' })
    expect(ran).toEqual([])
  })
})

describe('variants of one name', () => {
  const one = routine('f', [parameter('a')])
  const two = routine('f', [parameter('a'), parameter('b')])
  const text = routine('f', [parameter('word', TEXT)])
  const chosen = async (routines: readonly Routine[], line: string, ask: object = {}) => {
    const { ran, ask: run } = calling(routines)
    await run(line, ask)
    return ran[0]!.routine
  }
  test('are told apart by how many arguments there are, and by their names', async () => {
    expect(await chosen([one, two], 'GET /_func/f(1)')).toBe(one)
    expect(await chosen([one, two], 'GET /_func/f(1,2)')).toBe(two)
    expect(await chosen([one, two], 'GET /_func/f', { query: { a: '1' } })).toBe(one)
    expect(await chosen([one, two], 'GET /_func/f', { query: { b: '1' } })).toBe(two)
    expect(await chosen([one, text], 'GET /_func/f', { query: { word: 'x' } })).toBe(text)
  })
  test('a variant whose defaults fill the rest is meant before one that would get nulls', async () => {
    const preset = routine('f', [parameter('a'), parameter('b', { default: '1' })])
    expect(await chosen([routine('f', [parameter('a'), parameter('c')]), preset], 'GET /_func/f(1)')).toBe(preset)
  })
  test('that fit equally well are refused, with both of them named', async () => {
    const { refused } = calling([one, text])
    expect(await refused('GET /_func/f(1)')).toMatchObject({
      code: 'invalid_request',
      message:
        "Several variants of the function 'f' fit these arguments: f(a integer); f(word text). Give them by name.",
    })
    expect(await refused('GET /_func/f(1,2)')).toMatchObject({ message: expect.stringMatching(/^No variant of/) })
  })
  test('are one component, and names that differ in case only are variants', async () => {
    const upper = routine('F', [parameter('a')])
    expect(await chosen([one, upper], 'GET /_func/F(1)')).toBe(upper)
    expect(await chosen([one, upper], 'GET /_func/f(1)')).toBe(one)
    const { source } = calling([one, upper, two])
    expect((await routineResources(source, new AbortController().signal)).map(({ component }) => component)).toEqual([
      '_func/f',
    ])
  })
  test('are described one by one', async () => {
    const answer = await calling([one, two]).ask('GET /_func', { query: { ids: 'F' } })
    expect(answer.resource.map(({ params }: any) => params.length)).toEqual([1, 2])
  })
})

describe('answers', () => {
  const answer = async (result: Partial<RoutineResult>, body: object = {}) =>
    calling([routine('f', [])], result).ask('POST /_func/f', { body })
  const rows = [{ id: 1, at: '2024-05-06 07:08:09.5', n: '1.50', ok: 1 }]
  test('have the shapes of the wire contract', async () => {
    // `resource` is the test gateway's: these rows are sent bare.
    expect(await answer({ sets: [rows] })).toEqual({ resource: rows })
    expect(await answer({ sets: [rows] }, { wrapper: 'data' })).toEqual({ data: rows })
    expect(await answer({ sets: [rows, []] })).toEqual({ resource: [rows, []] })
    expect(await answer({ sets: [] })).toEqual({ resource: [] })
    expect(await answer({ sets: [] }, { wrapper: 'data' })).toEqual({ data: [] })
    expect(await answer({ sets: [rows], out: { total: 1 } })).toEqual({ resource: rows, total: 1 })
    expect(await answer({ sets: [rows], out: { total: 1 } }, { wrapper: 'data' })).toEqual({ data: rows, total: 1 })
    expect(await answer({ sets: [[]], out: { total: 1 } })).toEqual({ total: 1 })
    expect(await answer({ sets: [], out: { total: 1 } })).toEqual({ total: 1 })
    expect(await answer({ sets: [], value: { is: 42 } })).toBe(42)
    expect(await answer({ sets: [], value: { is: null } })).toBe(null)
    expect(await answer({ sets: [], value: { is: [1, 2] } })).toEqual({ resource: [1, 2] })
    expect(await answer({ sets: [], value: { is: { a: 1 } } })).toEqual({ a: 1 })
  })
  test('are reduced by returns', async () => {
    expect(await answer({ sets: [rows] }, { returns: 'string' })).toBe('1')
    expect(await answer({ sets: [rows, []] }, { returns: 'INTEGER' })).toBe(1)
    expect(await answer({ sets: [[]] }, { returns: 'integer' })).toBe(null)
    expect(await answer({ sets: [], value: { is: '7' } }, { returns: 'integer' })).toBe(7)
    expect(await answer({ sets: [rows] }, { returns: 'table' })).toEqual({ resource: rows })
    expect(await answer({ sets: [rows], out: { total: 1 } }, { returns: 'int' })).toEqual({ resource: 1, total: 1 })
  })
  test('are cast by schema, where a value can be cast', async () => {
    const cast = async (type: string, value: unknown) =>
      (await answer({ sets: [[{ v: value }]] }, { schema: { V: type } })).resource[0].v
    for (const [type, value, expected] of [
      ['int', '12.9', 12],
      ['integer', true, 1],
      ['integer', 'x', 'x'],
      ['int', '9007199254740993', '9007199254740993'],
      ['decimal', '1.50', 1.5],
      ['decimal', '12345678901234567.5', '12345678901234567.5'],
      ['float', '1e3', 1000],
      ['double', '', ''],
      ['boolean', 1, true],
      ['bool', 'f', false],
      ['boolean', '0', false],
      ['string', 5, '5'],
      ['string', { a: 1 }, '{"a":1}'],
      ['date', '2024-05-06 07:08:09', '2024-05-06'],
      ['time', '2024-05-06T07:08:09Z', '07:08:09'],
      ['datetime', '2024-05-06T07:08:09.5', '2024-05-06 07:08:09'],
      ['timestamp', 'x', 'x'],
      ['json', '{"a":[1]}', { a: [1] }],
      ['json', '{', '{'],
      ['int', null, null],
    ] as const) {
      expect(await cast(type, value), `${type} ${value}`).toEqual(expected)
    }
    expect(await answer({ sets: [], out: { total: '1.5' } }, { schema: { total: 'float' } })).toEqual({ total: 1.5 })
  })
})

describe('access', () => {
  test('is asked for under the one name, and again where the routines were not known before', async () => {
    const { refused, ran, ask } = calling([ADD])
    const sly = { grants: { '_func/public.ADD(1)': FREE }, grant: FREE }
    expect(await refused('GET /_func/public.ADD(1)', sly)).toMatchObject({ code: 'forbidden' })
    expect(ran).toEqual([])
    await ask('GET /_func/public.ADD(1)', { grants: { '_func/add': FREE } })
    expect(ran).toHaveLength(1)
  })
  test('is refused to who has rules about rows or fields', async () => {
    const { refused, ran } = calling([ADD])
    expect(await refused('GET /_func/add', { grants: { '_func/add': { filters: [], deny: ['x'] } } })).toMatchObject({
      code: 'forbidden',
    })
    const filters = [{ op: 'AND' as const, conditions: [] }]
    expect(await refused('GET /_func/add', { grants: { '_func/add': { filters, deny: [] } } })).toMatchObject({
      code: 'forbidden',
    })
    expect(ran).toEqual([])
  })
  test('has one spelling', async () => {
    const { source } = calling([ADD, routine('total', [], { name: 'sales.total', native: 'total', schema: 'sales' })])
    const canonical = recordsCanonical(source)
    expect(canonical('_func/ADD(1)')).toBe('_func/ADD')
    await source.routines.load()
    for (const spelling of ['_func/ADD', '_FUNC/Add(1,2)', '_func/PUBLIC.add()', '_func/add(1)(2)', '_func/add('])
      expect(canonical(spelling), spelling).toBe('_func/add')
    expect(canonical('_func/SALES.total(1)')).toBe('_func/sales.total')
    expect(canonical('_func/nope(1)')).toBe('_func/nope')
    for (const other of ['_func/nope', '_func/', '_proc/add', '_func/(x)add', '_func/add/x'])
      expect(canonical(other)).toBe(other)
  })
  test('can not be told apart for names with letters that mean more in a rule: they are left out', () => {
    const odd = ['a(b)', 'a{b}', 'a/b', 'a*', ''].map((name) => routine(name, []))
    expect(routineCatalogOf(odd).groups).toEqual([])
  })
  test('decides what is listed, and the routines are only read where they are needed', async () => {
    const { ask, looks } = calling([ADD])
    const names = (answer: any) => answer.resource.map(({ name }: any) => name)
    expect(names(await ask('GET /'))).toEqual(['_schema', '_table', '_proc', '_func'])
    expect(looks).toEqual([])
    expect(names(await ask('GET /', { grants: { 'GET ': FREE, '': FREE, '_func/add': FREE } }))).toEqual(['_func'])
    expect(await ask('GET /', { query: { as_access_list: 'true' } })).toEqual(
      expect.arrayContaining(['_proc/', '_proc/*', '_func/', '_func/*', '_func/add']),
    )
    expect(names(await ask('GET /_func', { grants: { _func: FREE } }))).toEqual([])
    await ask('GET /_func', { query: { refresh: 'true' } })
    expect(looks.at(-1)).toBe('refresh')
  })
})
