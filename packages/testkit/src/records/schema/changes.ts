/** Checks on tables and fields that are changed and dropped. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Check } from '../../check.ts'
import { at, given, listed, type RecordsContext, refused } from '../context.ts'
import { create, described, doneOrNot, field, fieldsIn, ID, schema, schemaCheck, TODO } from './context.ts'

export const changeChecks: readonly Check<RecordsContext>[] = [
  schemaCheck('a description that is sent back changes nothing', async (context) => {
    await create(context, TODO)
    for (const table of ['gw_todo', 'customers', 'orders', 'order_lines', 'Odd Names', 'samples']) {
      const before = await described(context, table)
      for (const method of ['PATCH', 'PUT', 'POST'])
        assert.deepEqual(await given(context, { method, path: schema(table), body: before }), { name: before.name })
      assert.deepEqual(await described(context, table), before)
    }
    const again = await listed(context, { method: 'POST', path: '_schema', body: { resource: [TODO] } })
    assert.deepEqual(again, [{ name: 'gw_todo' }])
  }),
  schemaCheck('fields are added, changed and dropped, or it is said why not', async (context) => {
    await create(context, TODO)
    await given(context, { method: 'POST', path: at('gw_todo'), body: [{ title: 'one' }] })
    const add = [
      { name: 'note', type: 'string', length: 40, allow_null: true },
      { name: 'rank', type: 'integer', default: 5 },
    ]
    const added = await given(context, {
      method: 'PATCH',
      path: schema('gw_todo'),
      query: { fields: '*' },
      body: { field: add },
    })
    const { note, rank } = fieldsIn(added)
    assert.deepEqual([note.type, note.length, note.allow_null, rank.default], ['string', 40, true, 5])
    assert.deepEqual((await listed(context, { path: at('gw_todo') }))[0].rank, 5)

    assert.deepEqual(
      await listed(context, {
        method: 'POST',
        path: field('gw_todo'),
        body: { resource: [{ name: 'extra', type: 'text', allow_null: true, is_index: false }] },
      }),
      [{ name: 'extra' }],
    )
    const one = await given(context, {
      method: 'POST',
      path: field('gw_todo', 'more'),
      query: { fields: '*' },
      body: { type: 'integer', allow_null: true, is_unique: true },
    })
    assert.deepEqual([one.name, one.type, one.is_unique], ['more', 'integer', true])
    await refused(context, { method: 'PATCH', path: field('gw_todo', 'nope'), body: { type: 'integer' } }, 404)

    await given(context, { method: 'PATCH', path: at('gw_todo', 1), body: { note: 'here' } })
    const changed = await doneOrNot(context, {
      method: 'PATCH',
      path: field('gw_todo', 'NOTE'),
      body: { length: 60, allow_null: false, default: 'none' },
    })
    const now = await given(context, { path: field('gw_todo', 'note') })
    assert.deepEqual([now.length, now.allow_null, now.default], changed ? [60, false, 'none'] : [40, true, null])
    if (
      await doneOrNot(context, {
        method: 'PATCH',
        path: field('gw_todo', 'rank'),
        body: { type: 'bigint', default: null, allow_null: true },
      })
    ) {
      const bigger = await given(context, { path: field('gw_todo', 'rank') })
      assert.deepEqual([bigger.type, bigger.default, bigger.allow_null], ['bigint', null, true])
    }
    await given(context, { method: 'PATCH', path: field('gw_todo', 'rank'), body: { is_index: true } })
    assert.equal((await given(context, { path: field('gw_todo', 'rank') })).is_index, true)
    await given(context, { method: 'PATCH', path: field('gw_todo', 'more'), body: { is_unique: false } })
    assert.equal((await given(context, { path: field('gw_todo', 'more') })).is_unique, false)

    for (const name of ['extra', 'more', 'rank'])
      assert.deepEqual(await given(context, { method: 'DELETE', path: field('gw_todo', name) }), { success: true })
    assert.deepEqual(await given(context, { method: 'DELETE', path: field('gw_todo'), query: { ids: 'note' } }), {
      success: true,
    })
    const left = (await described(context, 'gw_todo')).field.map(({ name }: any) => name)
    assert.deepEqual(
      left,
      TODO.field.map(({ name }) => name),
    )
    assert.equal((await listed(context, { path: at('gw_todo') }))[0].title, 'one')
  }),
  schemaCheck('PUT drops fields that a list leaves out, and none where there is no list', async (context) => {
    await create(context, {
      name: 'gw_put',
      field: [ID, { name: 'a', type: 'integer', allow_null: true }, { name: 'b', type: 'integer', allow_null: true }],
    })
    await given(context, { method: 'PUT', path: schema('gw_put'), body: { name: 'gw_put' } })
    assert.equal((await described(context, 'gw_put')).field.length, 3)
    await given(context, { method: 'PATCH', path: schema('gw_put'), body: { field: [{ name: 'id', type: 'id' }] } })
    assert.equal((await described(context, 'gw_put')).field.length, 3)
    await given(context, {
      method: 'PUT',
      path: schema('gw_put'),
      body: { field: [{ name: 'id', type: 'id' }, { name: 'b' }] },
    })
    assert.deepEqual(
      (await described(context, 'gw_put')).field.map(({ name }: any) => name),
      ['id', 'b'],
    )
    await refused(context, { method: 'PUT', path: schema('gw_put'), body: { field: [{ name: 'b' }] } }, 400, /key/)
  }),
  schemaCheck('a dropped table is gone at once, and can be made again', async (context) => {
    for (let round = 0; round < 2; round++) {
      await create(context, { name: 'gw_again', field: [ID, { name: `f${round}`, type: 'string', allow_null: true }] })
      await given(context, { method: 'POST', path: at('gw_again'), body: [{ [`f${round}`]: 'x' }] })
      assert.equal((await listed(context, { path: at('gw_again') }))[0][`f${round}`], 'x')
      assert.deepEqual(await given(context, { method: 'DELETE', path: schema('gw_again') }), { success: true })
      await refused(context, { path: at('gw_again') }, 404)
      await refused(context, { path: schema('gw_again') }, 404)
    }
  }),
  schemaCheck('the fields of a table are described in the words of its own description', async (context) => {
    const { field: own } = await described(context, 'orders')
    assert.deepEqual(await listed(context, { path: field('orders') }), own)
    assert.deepEqual(await listed(context, { path: field('orders'), query: { ids: 'total,ID' } }), [own[2], own[0]])
    assert.deepEqual(
      await listed(context, { path: field('orders'), query: { as_list: true } }),
      own.map(({ name }: any) => name),
    )
    assert.deepEqual(await given(context, { path: field('ORDERS', 'Total') }), own[2])
    assert.deepEqual(await given(context, { path: schema('orders', '/total') }), own[2])
    await refused(context, { path: field('orders', 'nope') }, 404, /No requested fields found in table 'orders'\./)
  }),
  schemaCheck('a change that fails in the middle is undone, or it is said that it is not', async (context) => {
    await create(context, {
      name: 'gw_half',
      field: [ID, { name: 'a', type: 'integer', allow_null: true }, { name: 'z', type: 'integer', allow_null: true }],
    })
    await given(context, { method: 'POST', path: at('gw_half'), body: [{ a: 1 }, { a: 1 }] })
    const body = {
      field: [
        { name: 'first', type: 'integer', allow_null: true },
        { name: 'a', is_unique: true },
      ],
    }
    const error = await refused(context, { method: 'PATCH', path: schema('gw_half'), body }, [400, 409])
    const names = (await described(context, 'gw_half')).field.map(({ name }: any) => name)
    const undone = !/has been done: this database can not undo/.test(error.message)
    assert.deepEqual(names, ['id', 'a', 'z', ...(undone ? [] : ['first'])])
    assert.deepEqual(Object.keys((await listed(context, { path: at('gw_half') }))[0]), names)
    assert.equal((await given(context, { path: field('gw_half', 'a') })).is_unique, false)
  }),
  schemaCheck('tables and fields with names of their own are changed under either name', async (context) => {
    const alias = await listed(context, {
      method: 'POST',
      path: '_schema',
      body: {
        resource: [
          {
            name: 'gw_native',
            alias: 'gw_shown',
            field: [
              ID,
              { name: 'own', alias: 'Given', type: 'integer', allow_null: true, is_unique: true },
              {
                name: 'up',
                alias: 'Above',
                type: 'reference',
                ref_table: 'customers',
                allow_null: true,
                is_index: true,
              },
            ],
          },
        ],
      },
    })
    assert.deepEqual(alias, [{ name: 'gw_shown' }])
    const before = await described(context, 'gw_shown')
    assert.equal(before.alias, 'gw_shown')
    for (const method of ['PATCH', 'PUT']) await given(context, { method, path: schema('gw_shown'), body: before })
    assert.deepEqual(await listed(context, { method: 'POST', path: '_schema', body: [before] }), [{ name: 'gw_shown' }])
    assert.deepEqual(await described(context, 'gw_shown'), before)
    const child = {
      name: 'gw_below',
      field: [ID, { name: 'top', type: 'reference', ref_table: 'gw_shown', ref_field: 'Given' }],
    }
    assert.equal(fieldsIn(await create(context, child)).top.ref_table, 'gw_shown')
    await refused(context, { method: 'DELETE', path: schema('gw_shown') }, 409)
    await refused(context, { method: 'DELETE', path: field('gw_shown', 'own') }, 409)
    await given(context, { method: 'DELETE', path: schema('gw_below') })
    await given(context, { method: 'PATCH', path: field('gw_shown', 'given'), body: { is_unique: false } })
    await given(context, { method: 'PATCH', path: field('gw_shown', 'own'), body: { is_index: true } })
    const now = fieldsIn(await described(context, 'gw_shown'))
    assert.deepEqual([now.own.alias, now.own.is_unique, now.own.is_index], ['Given', false, true])
    await given(context, { method: 'POST', path: at('gw_shown'), body: [{ Given: 5, Above: 1 }] })
    await given(context, { method: 'DELETE', path: field('gw_shown', 'Given') })
    const [row] = await listed(context, { path: at('gw_shown') })
    assert.deepEqual(Object.keys(row), ['id', 'Above'])
    if (await doneOrNot(context, { method: 'DELETE', path: field('gw_shown', 'above') }))
      assert.equal((await described(context, 'gw_shown')).field.length, 1)
    assert.deepEqual(await given(context, { method: 'DELETE', path: schema('gw_shown') }), { success: true })
    // Nothing is remembered of what is gone.
    const again = await create(context, {
      name: 'gw_native',
      field: [ID, { name: 'own', type: 'integer', allow_null: true }],
    })
    assert.deepEqual([again.alias, again.field[1].alias], [null, null])
  }),
  schemaCheck('calls at the same time each see what they have done', async (context) => {
    const table = { name: 'gw_race', field: [ID] }
    const makes = Array.from({ length: 5 }, () =>
      context.ask({ method: 'POST', path: '_schema', body: { resource: [table] } }),
    )
    const made = (await Promise.all(makes)).map(({ status }) => status)
    assert.ok(made.includes(200) && made.every((status) => [200, 409].includes(status)), `statuses ${made}`)
    const adds = Array.from({ length: 6 }, async (_, n) => {
      const body = { type: 'integer', allow_null: true, is_index: n % 2 === 0 }
      const ask = { method: 'POST', path: field('gw_race', `f${n}`), query: { fields: '*' }, body }
      // A database without a queue for changes of a table may ask to try again.
      for (let attempt = 0; attempt < 5; attempt++) {
        const { status, body: answer } = await context.ask(ask)
        if (status === 200) return assert.equal(answer.name, `f${n}`)
        assert.ok([409, 503].includes(status), `f${n}: ${status} ${JSON.stringify(answer)}`)
      }
      assert.fail(`f${n} could not be added`)
    })
    await Promise.all(adds)
    assert.equal((await described(context, 'gw_race')).field.length, 7)
  }),
  schemaCheck('random changes leave what was asked for', async (context) => {
    const shapes = [
      { type: 'integer', allow_null: true },
      { type: 'integer', default: 7, allow_null: false },
      { type: 'string', length: 30, allow_null: true },
      { type: 'string', length: 12, default: "it's", allow_null: true },
      { type: 'boolean', default: true, allow_null: false },
      { type: 'decimal', precision: 9, scale: 3, allow_null: true },
      { type: 'date', allow_null: true },
    ]
    const step = fc.tuple(
      fc.integer({ min: 0, max: 5 }),
      fc.integer({ min: 0, max: 6 }),
      fc.integer({ min: 0, max: 3 }),
    )
    const run = async (steps: readonly (readonly [number, number, number])[]) => {
      await create(context, { name: 'gw_model', field: [ID] })
      await given(context, { method: 'POST', path: at('gw_model'), body: [{ id: 1 }] })
      const model = new Map<string, Record<string, unknown>>()
      for (const [place, shape, action] of steps) {
        const name = `f${place}`
        const known = model.get(name)
        if (!known) {
          const asked = { ...shapes[shape]!, is_index: action === 1, is_unique: action === 2 }
          await given(context, { method: 'POST', path: field('gw_model', name), body: asked })
          model.set(name, asked)
        } else if (action === 0) {
          await given(context, { method: 'DELETE', path: field('gw_model', name) })
          model.delete(name)
        } else if (action !== 1 || !known.is_unique) {
          // A unique field has an index anyway.
          const change = action === 1 ? { is_index: !known.is_index } : { is_unique: !known.is_unique }
          await given(context, { method: 'PATCH', path: schema('gw_model'), body: { field: [{ name, ...change }] } })
          Object.assign(known, change)
        }
        const told = fieldsIn(await described(context, 'gw_model'))
        delete told.id
        assert.deepEqual(Object.keys(told).toSorted(), [...model.keys()].toSorted())
        for (const [one, asked] of model) {
          const { is_index, ...wanted } = asked
          const shown = Object.fromEntries(Object.keys(wanted).map((key) => [key, told[one][key]]))
          assert.deepEqual(shown, wanted, one)
          assert.equal(told[one].is_index, Boolean(is_index || asked.is_unique), `${one}.is_index`)
        }
      }
      assert.equal((await listed(context, { path: at('gw_model') })).length, 1)
      await given(context, { method: 'DELETE', path: schema('gw_model') })
    }
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 16 }), run), {
      numRuns: 6,
      seed: 20_261,
      endOnFailure: true,
    })
  }),
]
