/** Checks on relations of every kind, on tables that are made for them. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Check } from '../check.ts'
import type { RoleSpec } from '../governance.ts'
import type { Ask } from '../harness.ts'
import { at, given, listed, type RecordsContext, recordsCheck, refused } from './context.ts'
import { MODEL, MODEL_ROLES, type ModelAsk, shown, visible } from './relations-model.ts'

const NAMES = Object.keys(MODEL)

/** A check that finds the model's tables, and leaves none of them behind. */
const relationsCheck = (name: string, run: (context: RecordsContext) => Promise<void>): Check<RecordsContext> => {
  const check = recordsCheck(
    name,
    async (context) => {
      const resource = NAMES.map((table) => MODEL[table]!.definition)
      await given(context, { method: 'POST', path: '_schema', body: { resource } })
      try {
        for (const table of NAMES) {
          const { rows, virtual } = MODEL[table]!
          await given(context, { method: 'POST', path: at(table), body: rows })
          const related = (virtual ?? []).map((relation) => ({ ...relation, is_virtual: true }))
          if (virtual)
            await given(context, { method: 'POST', path: `_schema/${table}/_related`, body: { resource: related } })
        }
        await run(context)
      } finally {
        await given(context, {
          method: 'PATCH',
          path: at('rel_people'),
          query: { filter: 'id > 0' },
          body: [{ boss_id: null }],
        })
        await given(context, { method: 'DELETE', path: '_schema', query: { ids: NAMES.join() } })
      }
    },
    'foreignKeys',
  )
  return {
    ...check,
    requires: (context) =>
      context.type.capabilities?.schema ? check.requires?.(context) : 'the source only describes its tables',
  }
}

const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined })

/** What may be asked of a table, `depth` relations deep. */
const asking = (
  table: string,
  denied: Readonly<Record<string, readonly string[]>>,
  depth: number,
): fc.Arbitrary<ModelAsk> => {
  const { relations, key, sorted, filters, rows } = MODEL[table]!
  const seen = (names: readonly string[]) => names.filter((name) => !denied[table]?.includes(name))
  const order = fc
    .tuple(fc.subarray([...seen(sorted)]), fc.boolean())
    .map(([some, down]) => [
      ...some.map((name) => (down ? `-${name}` : name)),
      ...key.filter((name) => !some.includes(name)),
    ])
  const names = Object.keys(relations)
  const related: fc.Arbitrary<Readonly<Record<string, ModelAsk>>> =
    depth === 0 || names.length === 0
      ? fc.constant({})
      : fc
          .subarray(names, { maxLength: Math.min(3, names.length) })
          .chain((some) =>
            fc.record(
              Object.fromEntries(some.map((name) => [name, asking(relations[name]!.table, denied, depth - 1)])),
            ),
          )
  return fc.record({
    fields: optional(fc.subarray([...seen(Object.keys(rows[0]!))], { minLength: 1 })),
    filter: optional(fc.nat({ max: filters.length - 1 })),
    order,
    // Mostly there: what is bounded may be read in one statement.
    limit: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined, freq: 6 }),
    related,
  })
}

const orderText = (order: readonly string[]) =>
  order.map((name) => (name.startsWith('-') ? `${name.slice(1)} desc` : name)).join()

/** The parameters of what is asked of relations: `a,a.b`, and `a.b.limit`. */
const parameters = (
  table: string,
  { related }: ModelAsk,
  path: string,
  query: Record<string, unknown>,
): readonly string[] =>
  Object.entries(related).flatMap(([name, ask]) => {
    const here = `${path}${name}`
    const target = MODEL[table]!.relations[name]!.table
    if (ask.fields) query[`${here}.fields`] = ask.fields.join()
    if (ask.filter !== undefined) query[`${here}.filter`] = MODEL[target]!.filters[ask.filter]![0]
    if (ask.limit !== undefined) query[`${here}.limit`] = ask.limit
    query[`${here}.order`] = orderText(ask.order)
    return [here, ...parameters(target, ask, `${here}.`, query)]
  })

interface Read {
  readonly table: string
  readonly role: number
  readonly ask: ModelAsk
  readonly way: 'list' | 'ids' | 'one'
  readonly ids: readonly number[]
}
/** The table that has relations of every kind comes more often than others. */
const CENTRAL = Array.from({ length: 7 }, () => 'rel_people')
const reading: fc.Arbitrary<Read> = fc.tuple(fc.constantFrom(...NAMES, ...CENTRAL), fc.constantFrom(0, 1, 1, 2)).chain(
  ([table, role]) =>
    fc.record({
      table: fc.constant(table),
      role: fc.constant(role),
      ask: asking(table, MODEL_ROLES[role]!.denied, 3),
      way: MODEL[table]!.key.length === 1 ? fc.constantFrom('list', 'list', 'ids', 'one', 'one') : fc.constant('list'),
      ids: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }),
    }) as fc.Arbitrary<Read>,
)

/** A read as it is sent, and what it has to be answered with; `undefined` where a record that is asked for is not there. */
const expected = ({
  table,
  role: number,
  ask,
  way,
  ids,
}: Read): { readonly sent: Ask; readonly rows: readonly unknown[] | undefined } => {
  const role = MODEL_ROLES[number]!
  const query: Record<string, unknown> = {}
  const related = parameters(table, ask, '', query)
  if (related.length > 0) query.related = related.join()
  if (ask.fields) query.fields = ask.fields.join()
  const answer = (rows: readonly any[]) => rows.map((row) => shown(table, row, ask, role))
  if (way === 'list') {
    const own = { order: orderText(ask.order), ...(ask.limit && { limit: ask.limit }) }
    const filter = ask.filter === undefined ? {} : { filter: MODEL[table]!.filters[ask.filter]![0] }
    const rows = visible(table, ask, role).slice(0, ask.limit)
    return { sent: { path: at(table), query: { ...query, ...own, ...filter }, as: role.as }, rows: answer(rows) }
  }
  const wanted = way === 'one' ? ids.slice(0, 1) : ids
  const all = visible(table, { order: [] }, role)
  const rows = wanted.map((id) => all.find((row) => row.id === id))
  const path = way === 'one' ? at(table, wanted[0]!) : at(table)
  return {
    sent: { path, query: way === 'one' ? query : { ...query, ids: wanted.join() }, as: role.as },
    rows: rows.includes(undefined) ? undefined : answer(rows),
  }
}

const CALLS = Number(process.env.GW_RELATED_CALLS ?? 150)

const at1 = (id: number, related: string, as?: RoleSpec): Ask => ({
  path: at('rel_people', id),
  query: { fields: 'id', related },
  ...(as && { as }),
})

export const relationChecks: readonly Check<RecordsContext>[] = [
  relationsCheck(
    'relations of every kind, nested, with options and under row filters, answer what a model says',
    async (context) => {
      const seed = Number(process.env.GW_SEED) || 41
      const property = fc.asyncProperty(reading, async (read) => {
        const { sent, rows } = expected(read)
        const answer = await context.ask(sent)
        const told = `${sent.path} ${JSON.stringify(sent.query)} as role ${read.role}`
        if (!rows) return assert.ok([400, 404].includes(answer.status), `${told} → ${answer.status}`)
        assert.equal(answer.status, 200, `${told} → ${answer.text}`)
        assert.deepEqual(read.way === 'one' ? [answer.body] : answer.body.resource, rows, told)
      })
      await fc.assert(property, { numRuns: CALLS, seed, endOnFailure: process.env.GW_RELATED_CALLS === undefined })
    },
  ),
  relationsCheck(
    'has_one is one record or null, and is told apart from has_many by its unique key',
    async (context) => {
      const { related } = await given(context, { path: '_schema/rel_people' })
      const kinds = Object.fromEntries(related.map(({ name, type }: any) => [name, type]))
      assert.deepEqual(
        [
          'rel_badges_by_person_id',
          'rel_people_by_boss_id',
          'rel_people_by_boss_id_one',
          'rel_skills_by_rel_person_skills',
        ].map((name) => kinds[name]),
        ['has_one', 'has_many', 'belongs_to', 'many_many'],
      )
      const badge = 'rel_badges_by_person_id'
      assert.deepEqual((await given(context, at1(1, badge)))[badge], { id: 3, person_id: 1, label: 'one' })
      assert.equal((await given(context, at1(3, badge)))[badge], null)
      const save = (body: object) =>
        given(context, { method: 'PATCH', path: at('rel_people', 1), body: { [badge]: body } })
      await save({ id: 3, label: 'first' })
      assert.equal((await given(context, at1(1, badge)))[badge].label, 'first')
      await save([])
      assert.equal((await given(context, at1(1, badge)))[badge], null)
      const [left] = await listed(context, { path: at('rel_badges'), query: { ids: '3' } })
      assert.deepEqual(left, { id: 3, person_id: null, label: 'first' })
    },
  ),
  relationsCheck(
    'a relation by way of a junction needs rights on all three tables, and its rows are those of all three',
    async (context) => {
      const skills = 'rel_skills_by_rel_person_skills'
      const rule = (table: string, more: object = {}) => ({ component: `_table/${table}/*`, ...more })
      const role = (...access: readonly object[]) => ({ access }) as RoleSpec
      const [P, S, J] = ['rel_people', 'rel_skills', 'rel_person_skills'] as const
      await refused(context, at1(1, skills, role(rule(P), rule(S))), [401, 403])
      await refused(context, at1(1, skills, role(rule(P), rule(J))), [401, 403])
      await refused(context, at1(1, skills, role(rule(P), rule(S), rule(J, { verbs: ['POST'] }))), [401, 403])
      // As unknown as the field is: a refusal would tell that there is one.
      for (const deny of ['person_id', 'skill_id'])
        assert.deepEqual(await given(context, at1(1, skills, role(rule(P), rule(S), rule(J, { deny: [deny] })))), {
          id: 1,
        })
      const without = await given(context, at1(1, '*', role(rule(P), rule(S))))
      assert.ok(!(skills in without), 'a relation that is not named and not allowed is left out')
      const filter = { op: 'AND', conditions: [{ name: 'level', operator: '>', value: 1 }] }
      const some = role(rule(P), rule(S), rule(J, { filter }))
      const seen = (await given(context, at1(1, skills, some)))[skills].map(({ id }: any) => id)
      assert.deepEqual(seen.toSorted(), [2, 4])
      const patch = (item: object, as: RoleSpec) =>
        ({ method: 'PATCH', path: at(P, 3), as, body: { [skills]: [item] } }) as const
      const reader = role(rule(P), rule(S), rule(J, { verbs: ['GET'] }))
      await refused(context, patch({ id: 1 }, reader), [401, 403])
      const unlink = { id: 3, 'rel_people.id': null }
      await refused(context, patch(unlink, role(rule(P), rule(S), rule(J, { verbs: ['GET', 'POST'] }))), [401, 403])
      const links = () => listed(context, { path: at(J), query: { filter: 'person_id = 3', fields: 'skill_id' } })
      assert.deepEqual(await links(), [{ skill_id: 3 }])
      await given(context, patch(unlink, role(rule(P), rule(S), rule(J))))
      assert.deepEqual(await links(), [])
    },
  ),
  relationsCheck(
    'records with keys of several fields are read, written and related by all of them',
    async (context) => {
      const R = at('rel_rooms')
      const get = (body: unknown) => ({ method: 'POST', path: R, headers: { 'x-http-method': 'GET' }, body }) as const
      const named = [
        { x: 2, y: 1 },
        { x: 1, y: 2 },
      ]
      assert.deepEqual(
        (await listed(context, get({ resource: named }))).map(({ title }) => title),
        ['hall', 'attic'],
      )
      await refused(
        context,
        get({
          resource: [
            { x: 1, y: 1 },
            { x: 2, y: 2 },
          ],
        }),
        400,
      )
      await refused(context, get({ resource: [{ x: 1 }] }), 400)
      await refused(context, { path: at('rel_rooms', 1) }, 400)
      await refused(context, { path: R, query: { ids: '1,2' } }, 400)
      assert.equal((await given(context, { path: at('rel_rooms', 3), query: { id_field: 'x' } })).title, 'empty')
      const changed = await listed(context, { method: 'PATCH', path: R, body: [{ x: 1, y: 1, title: 'den' }] })
      assert.deepEqual(changed, [{ x: 1, y: 1 }])
      const titles = async () => (await listed(context, { path: R, query: { order: 'x,y' } })).map(({ title }) => title)
      assert.deepEqual(await titles(), ['den', 'attic', 'hall', 'empty'])
      await refused(context, { method: 'POST', path: R, body: [{ x: 1, y: 1, title: 'again' }] }, 400)
      const made = await listed(context, {
        method: 'POST',
        path: R,
        body: [{ x: 1, y: 3, title: 'new', inside: [{ id: 8 }] }],
      })
      assert.deepEqual(made, [{ x: 1, y: 3 }])
      const person = await given(context, { path: at('rel_people', 8), query: { related: 'room' } })
      assert.deepEqual([person.x, person.y, person.room], [1, 3, { x: 1, y: 3, title: 'new' }])
      const moved = { method: 'PATCH', path: at('rel_people', 8), body: { room: { x: 2, y: 1 } } } as const
      await given(context, moved)
      assert.equal((await given(context, { path: at('rel_people', 8), query: { related: 'room' } })).room.title, 'hall')
      assert.deepEqual(await listed(context, { method: 'DELETE', path: R, body: [{ x: 1, y: 3 }] }), [{ x: 1, y: 3 }])
      assert.deepEqual(await titles(), ['den', 'attic', 'hall', 'empty'])
    },
  ),
]
