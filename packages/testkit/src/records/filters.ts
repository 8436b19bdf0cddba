/** Checks on the filter grammar: what each operator selects, held against plain JavaScript on the seed. */
import assert from 'node:assert/strict'
import { about, type Check } from '../check.ts'
import { at, capabilitiesOf, given, type Lack, listed, type RecordsContext, recordsCheck, refused } from './context.ts'
import { seedOf } from './standard.ts'

type Row = Readonly<Record<string, any>>
interface FilterCase {
  readonly filter: string
  readonly keeps: (row: Row) => boolean
  readonly params?: Readonly<Record<string, unknown>>
  readonly lack?: Lack
}
/** A comparison that, as in SQL, is not true where the field is null. */
const known = (field: string, test: (value: any) => boolean) => (row: Row) => row[field] !== null && test(row[field])

/** Grouped under the sentence that a failure is to be read with. */
const GROUPS: Readonly<Record<string, readonly FilterCase[]>> = {
  'equality compares numbers, texts, booleans and dates, quoted or bare': [
    { filter: 'id=3', keeps: (row) => row.id === 3 },
    { filter: 'name=Ada', keeps: (row) => row.name === 'Ada' },
    { filter: "name='Ada'", keeps: (row) => row.name === 'Ada' },
    { filter: 'name = "Ada"', keeps: (row) => row.name === 'Ada' },
    { filter: '(NAME EQ Ada)', keeps: (row) => row.name === 'Ada' },
    { filter: 'active=true', keeps: (row) => row.active },
    { filter: 'active = 1', keeps: (row) => row.active },
    { filter: 'active = no', keeps: (row) => !row.active },
    { filter: 'credit=12.5', keeps: (row) => row.credit === 12.5 },
    { filter: "born='1985-12-10'", keeps: (row) => row.born === '1985-12-10' },
    { filter: 'born = 1985-12-10', keeps: (row) => row.born === '1985-12-10' },
    { filter: "created = '2024-01-04 23:59:59'", keeps: (row) => row.id === 4 },
  ],
  'inequality leaves out rows where the field is null': [
    { filter: 'credit != 12.5', keeps: known('credit', (value) => value !== 12.5) },
    { filter: 'credit <> 12.5', keeps: known('credit', (value) => value !== 12.5) },
    { filter: 'name NE Ada', keeps: (row) => row.name !== 'Ada' },
    { filter: "notes != 'first'", keeps: known('notes', (value) => value !== 'first') },
  ],
  'order comparisons work in symbols and words': [
    { filter: 'credit > 12.5', keeps: known('credit', (value) => value > 12.5) },
    { filter: 'credit>=12.5', keeps: known('credit', (value) => value >= 12.5) },
    { filter: 'credit < 0', keeps: known('credit', (value) => value < 0) },
    { filter: 'credit <= 0', keeps: known('credit', (value) => value <= 0) },
    { filter: 'id gt 8', keeps: (row) => row.id > 8 },
    { filter: 'id GTE 8', keeps: (row) => row.id >= 8 },
    { filter: 'id lt 3', keeps: (row) => row.id < 3 },
    { filter: 'id LTE 3', keeps: (row) => row.id <= 3 },
    { filter: "born < '1990-01-01'", keeps: known('born', (value) => value < '1990-01-01') },
    { filter: "created >= '2024-02-01 00:00:00'", keeps: known('created', (value) => value >= '2024-02-01 00:00:00') },
    { filter: 'credit > -4', keeps: known('credit', (value) => value > -4) },
  ],
  'IN and NOT IN take lists, with quotes respected': [
    { filter: 'id IN (1,2,3)', keeps: (row) => row.id <= 3 },
    { filter: 'id in(9, 10)', keeps: (row) => row.id >= 9 },
    { filter: 'id NOT IN (4,5)', keeps: (row) => row.id !== 4 && row.id !== 5 },
    { filter: "name IN ('Ada','Bob','Nobody')", keeps: (row) => row.id <= 2 },
    { filter: "notes IN ('a,b')", keeps: (row) => row.notes === 'a,b' },
    { filter: 'credit NOT IN (12.5)', keeps: known('credit', (value) => value !== 12.5) },
  ],
  'LIKE takes wildcards, and NOT LIKE is its opposite for what is not null': [
    { filter: "email LIKE '%@example.com'", keeps: () => true },
    { filter: "email LIKE 'ad_@%'", keeps: (row) => row.name === 'Ada' },
    { filter: "notes LIKE '%a=b%'", keeps: (row) => row.notes === 'a=b' },
    { filter: "notes NOT LIKE '%a=b%'", keeps: known('notes', (value) => value !== 'a=b') },
  ],
  'ILIKE disregards case': [
    { filter: "name ILIKE 'ADA'", keeps: (row) => row.name === 'Ada', lack: 'insensitiveLike' },
  ],
  'CONTAINS, STARTS WITH and ENDS WITH look for text as it is, quoted or bare': [
    { filter: 'email CONTAINS bob', keeps: (row) => row.name === 'Bob' },
    { filter: "email CONTAINS 'bob'", keeps: (row) => row.name === 'Bob' },
    { filter: 'name STARTS WITH D', keeps: (row) => row.name === 'Dora' },
    { filter: "name ENDS WITH 'an'", keeps: (row) => row.name === 'Ivan' || row.name === 'Joan' },
    { filter: 'email NOT CONTAINS a@', keeps: (row) => !row.email.includes('a@') },
  ],
  'BETWEEN includes both ends': [
    { filter: 'id BETWEEN 3 AND 5', keeps: (row) => row.id >= 3 && row.id <= 5 },
    { filter: '(credit NOT BETWEEN 0 AND 100)', keeps: known('credit', (value) => value < 0 || value > 100) },
    { filter: 'id BETWEEN 3 AND 5 AND active = true', keeps: (row) => row.id >= 3 && row.id <= 5 && row.active },
  ],
  'IS NULL and IS NOT NULL tell null from empty text': [
    { filter: 'notes IS NULL', keeps: (row) => row.notes === null },
    { filter: 'notes is not null', keeps: (row) => row.notes !== null },
    { filter: "notes = ''", keeps: (row) => row.notes === '' },
  ],
  'AND, OR, NOT and parentheses mean what they mean in SQL': [
    { filter: '(active=true) AND (credit > 5)', keeps: (row) => row.active && row.credit !== null && row.credit > 5 },
    { filter: '((id=1) OR (id=2)) AND (active=true)', keeps: (row) => row.id === 1 },
    { filter: '(id=1) OR (id=2) AND (active=true)', keeps: (row) => row.id === 1 },
    { filter: 'id=1 or id=2 and active=true', keeps: (row) => row.id === 1 },
    { filter: 'id=2 OR id=1 AND active=true', keeps: (row) => row.id <= 2 },
    { filter: '(id=1)||(id=2)', keeps: (row) => row.id <= 2 },
    { filter: '(id<3)&&(active=true)', keeps: (row) => row.id === 1 },
    { filter: 'NOT (id=1)', keeps: (row) => row.id !== 1 },
    { filter: 'NOT ((id=1) OR (id=2))', keeps: (row) => row.id > 2 },
    { filter: 'NOT (credit = 12.5)', keeps: known('credit', (value) => value !== 12.5) },
    { filter: '(active=true) XOR (id < 3)', keeps: (row) => row.active !== row.id < 3 },
    { filter: '(((((id = 4)))))', keeps: (row) => row.id === 4 },
  ],
  'text that looks like a filter stays text': [
    { filter: "notes = 'salt AND pepper'", keeps: (row) => row.id === 5 },
    { filter: "(notes = 'salt AND pepper')", keeps: (row) => row.id === 5 },
    { filter: "notes = 'x >= y (or z)'", keeps: (row) => row.id === 6 },
    { filter: "notes = 'it''s'", keeps: (row) => row.id === 3 },
    { filter: `notes = "it's"`, keeps: (row) => row.id === 3 },
    { filter: "notes = '100% sure'", keeps: (row) => row.id === 7 },
    { filter: "notes = 'Zo\u00eb \u{1f98a}'", keeps: (row) => row.id === 8 },
    { filter: "name = 'Ada; drop table customers'", keeps: () => false },
    { filter: "name = 'x'' OR ''1''=''1'", keeps: () => false },
  ],
  'params are bound as they are': [
    { filter: 'id = :id', params: { ':id': 7 }, keeps: (row) => row.id === 7 },
    { filter: 'notes = :notes', params: { ':notes': "it's" }, keeps: (row) => row.id === 3 },
    { filter: 'notes = :notes', params: { ':notes': "'first'" }, keeps: () => false },
    { filter: 'name = :name', params: { ':name': 'x) OR (1=1' }, keeps: () => false },
    {
      filter: '(id > :low) AND (id <= :high)',
      params: { ':low': 2, ':high': 4 },
      keeps: (row) => row.id === 3 || row.id === 4,
    },
  ],
}

const groupCheck = ([name, cases]: readonly [string, readonly FilterCase[]]): readonly Check<RecordsContext>[] => {
  // What a source lacks is refused: the same check is about both.
  const own = capabilitiesOf(cases.flatMap(({ lack = [] }) => lack))
  return about(own, [
    recordsCheck(name, async (context) => {
      for (const { filter, keeps, params, lack } of cases) {
        if (lack && context.lacks.includes(lack)) {
          await refused(context, { path: at('customers'), query: { filter } }, [400, 501])
          continue
        }
        const rows = params
          ? await listed(context, {
              method: 'POST',
              headers: { 'x-http-method': 'GET' },
              path: at('customers'),
              body: { filter, params },
            })
          : await listed(context, { path: at('customers'), query: { filter } })
        const found = rows.map((row) => row.id).toSorted((a, b) => a - b)
        assert.deepEqual(
          found,
          seedOf('customers')
            .filter(keeps)
            .map((row) => row.id),
          filter,
        )
      }
    }),
  ])
}

/** Filters that are refused; never taken for "no filter". */
const REFUSED: readonly string[] = [
  'nonsense',
  'id IN 1,2',
  'id = abc',
  'id = 1 OR',
  '(id = 1',
  'id = 1)',
  'id = 1) OR (1 = 1',
  "name = 'open",
  '1 = 1',
  "name='x' OR 1=1",
  'id = (SELECT 1)',
  'id = 1; DROP TABLE customers',
  'lower(name) = ada',
  '= 1',
  'id ==== 1',
  'AND',
  `${'('.repeat(2000)}id=1${')'.repeat(2000)}`,
]

export const filterChecks: readonly Check<RecordsContext>[] = [
  ...Object.entries(GROUPS).flatMap(groupCheck),
  recordsCheck('a filter that cannot be read is refused, on reads and on deletes', async (context) => {
    for (const filter of REFUSED) {
      await refused(context, { path: at('customers'), query: { filter } }, 400)
      await refused(context, { method: 'DELETE', path: at('customers'), query: { filter } }, 400)
    }
    assert.equal((await context.stored('customers')).length, 10)
  }),
  recordsCheck('a filter that is no text is refused, never ignored', async (context) => {
    const objects = context.type.capabilities?.documents ? [] : [{ id: 1 }]
    for (const filter of [...objects, 5, ['id=1'], true]) {
      await refused(
        context,
        { method: 'POST', headers: { 'x-http-method': 'GET' }, path: at('customers'), body: { filter } },
        400,
      )
      await refused(context, { method: 'DELETE', path: at('customers'), body: { filter } }, 400)
      await refused(
        context,
        { method: 'PATCH', path: at('customers'), body: { filter, resource: [{ notes: 'x' }] } },
        400,
      )
    }
    assert.equal((await context.stored('customers')).length, 10)
  }),
  recordsCheck('a parameter without a value is never taken for everything', async (context) => {
    const answer = await context.ask({ path: at('customers'), query: { filter: 'name = :missing' } })
    assert.ok(answer.status === 400 || (answer.status === 200 && answer.body.resource.length === 0), answer.text)
  }),
  recordsCheck('an empty filter selects everything on reads', async (context) => {
    assert.equal(await given(context, { path: at('customers'), query: { filter: '', count_only: true } }), 10)
    assert.equal(await given(context, { path: at('customers'), query: { where: ' ', count_only: true } }), 10)
  }),
]
