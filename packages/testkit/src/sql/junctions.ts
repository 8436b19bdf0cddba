/** Checks on what is read by way of a junction: as many rows as a relation's limit asks for, and no more. */
import assert from 'node:assert/strict'
import type { Check } from '../check.ts'
import type { RoleSpec } from '../governance.ts'
import { at, given, listed } from '../records/context.ts'
import { type SqlContext, sqlCheck } from './context.ts'

const PEOPLE = [1, 2, 3, 4]
const TOPICS = Array.from({ length: 60 }, (_, n) => n + 1)
/** The last one has none. Each pair twice. */
const LINKS = PEOPLE.slice(0, 3).flatMap((person) =>
  TOPICS.filter((topic) => topic % person === 0).flatMap((topic) => [1, 2].map((turn) => ({ person, topic, turn }))),
)

const int = (name: string, more: object = {}) => ({ name, type: 'integer', ...more })
const ID = int('id', { is_primary_key: true })
const TABLES = [
  { name: 'gw_people', field: [ID, { name: 'name', type: 'string' }] },
  { name: 'gw_topics', field: [ID, int('heat'), { name: 'title', type: 'string', allow_null: true }] },
  { name: 'gw_topics_of', field: [ID, int('person'), int('topic'), int('turn')] },
]
const RELATION = {
  ...{ type: 'many_many', field: 'id', ref_table: 'gw_topics', ref_field: 'id', is_virtual: true, alias: 'topics' },
  ...{ junction_table: 'gw_topics_of', junction_field: 'person', junction_ref_field: 'topic' },
}

const opened = async ({ records }: SqlContext, run: () => Promise<void>): Promise<void> => {
  const drop = async () => {
    for (const { name } of TABLES) await records.ask({ method: 'DELETE', path: `_schema/${name}` })
  }
  await drop()
  try {
    await given(records, { method: 'POST', path: '_schema', body: { resource: TABLES } })
    await given(records, { method: 'POST', path: '_schema/gw_people/_related', body: { resource: [RELATION] } })
    const fill = (table: string, resource: readonly object[]) =>
      given(records, { method: 'POST', path: at(table), body: { resource } })
    await fill(
      'gw_people',
      PEOPLE.map((id) => ({ id, name: `p${id}` })),
    )
    await fill(
      'gw_topics',
      TOPICS.map((id) => ({ id, heat: id % 7, title: id % 5 === 0 ? null : `t${id}` })),
    )
    await fill(
      'gw_topics_of',
      LINKS.map((link, id) => ({ id, ...link })),
    )
    await run()
  } finally {
    await drop()
  }
}

interface Asked {
  readonly limit: number
  readonly order?: string
  readonly filter?: string
  readonly as?: RoleSpec
}
/** The topics of each person, and how many rows came from the database for them. */
const topicsOf = async ({ records, spy }: SqlContext, { as, ...options }: Asked) => {
  const query: Record<string, unknown> = { related: 'topics', order: 'id', 'topics.fields': 'id' }
  for (const [name, value] of Object.entries(options)) query[`topics.${name}`] = value
  spy.forget()
  const people = await listed(records, { path: at('gw_people'), query, ...(as && { as }) })
  return {
    topics: people.map(({ topics }: any) => topics.map((topic: any) => topic.id)),
    keys: Object.keys(people[0].topics[0] ?? {}),
    rows: spy.rows.reduce((sum, count) => sum + count, 0),
    statements: spy.statements.length,
  }
}

/** The same worked out, topics in the order of `by`. */
const expected = (limit: number, by: (topic: number) => number, holds: (topic: number) => boolean = () => true) =>
  PEOPLE.map((person) =>
    TOPICS.filter((topic) => person < 4 && topic % person === 0 && holds(topic))
      .toSorted((a, b) => by(a) - by(b))
      .slice(0, limit),
  )

export const junctionChecks: readonly Check<SqlContext>[] = [
  sqlCheck(
    'of what stands behind a junction, the database gives no more than the limit of each record',
    (context) =>
      opened(context, async () => {
        const most = PEOPLE.length + 3 * 3
        const plain = await topicsOf(context, { limit: 3 })
        assert.deepEqual(
          plain.topics,
          expected(3, (topic) => topic),
        )
        assert.deepEqual(plain.keys, ['id'])
        const ordered = await topicsOf(context, { limit: 3, order: 'heat desc,id' })
        assert.deepEqual(
          ordered.topics,
          expected(3, (topic) => topic - (topic % 7) * 1000),
        )
        const filtered = await topicsOf(context, {
          limit: 3,
          order: 'id desc',
          filter: '(id < 30) AND (title IS NULL)',
        })
        assert.deepEqual(
          filtered.topics,
          expected(
            3,
            (topic) => -topic,
            (topic) => topic < 30 && topic % 5 === 0,
          ),
        )
        const rule = (table: string, name: string, operator: string, value: unknown) => ({
          component: `_table/${table}/*`,
          filter: { op: 'AND', conditions: [{ name, operator, value }] },
        })
        const access = [
          { component: '_table/gw_people/*' },
          rule('gw_topics', 'heat', '>', 2),
          rule('gw_topics_of', 'topic', '<', 40),
        ]
        const restricted = await topicsOf(context, { limit: 3, order: 'id desc', as: { access } as RoleSpec })
        assert.deepEqual(
          restricted.topics,
          expected(
            3,
            (topic) => -topic,
            (topic) => topic % 7 > 2 && topic < 40,
          ),
        )
        for (const { rows, statements } of [plain, ordered, filtered, restricted]) {
          assert.ok(statements <= 2, `${statements} statements`)
          assert.ok(rows <= most, `${rows} rows came for at most ${most}`)
        }
      }),
    ({ options }) => (options.dialect.ddl ? undefined : 'the dialect only describes its tables'),
  ),
]
