/** Checks on who may change what tables are. */
import assert from 'node:assert/strict'
import type { Check } from '../../check.ts'
import type { RoleSpec } from '../../governance.ts'
import type { Ask } from '../../harness.ts'
import { replyValidator } from '../../replies.ts'
import { assertStored, given, listed, type RecordsContext, refused } from '../context.ts'
import { create, described, field, ID, names, schema, schemaCheck, TODO } from './context.ts'

const role = (...access: RoleSpec['access']): RoleSpec => ({ access, user: { id: 1, name: 'Ada' } })
const READS = { component: '_table/*', verbs: ['GET'] } as const

export const guardChecks: readonly Check<RecordsContext>[] = [
  schemaCheck('a role makes the tables that it is allowed to make, and no others', async (context) => {
    const as = role(
      { component: '_schema/' },
      { component: '_schema/gw_todo' },
      { component: '_schema/gw_todo/*' },
      READS,
    )
    const make = (name: string) => ({
      method: 'POST',
      path: '_schema',
      body: { resource: [{ name, field: [ID] }] },
      as,
    })
    await refused(context, make('gw_other'), 403)
    await refused(context, make('GW_OTHER'), 403)
    assert.ok(!(await names(context)).some((name) => /^gw_other$/i.test(name)))
    assert.deepEqual(await listed(context, make('gw_todo')), [{ name: 'gw_todo' }])
    await refused(context, { method: 'DELETE', path: schema('orders'), as }, 403)
    const drop = (ids: string) => ({ method: 'DELETE', path: '_schema', query: { ids }, as })
    await refused(context, drop('samples,gw_todo'), 403)
    assert.deepEqual(await listed(context, drop('gw_todo')), [{ name: 'gw_todo' }])
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
      await refused(
        context,
        {
          method,
          path: '_schema',
          query: { ids: 'journal' },
          body: { resource: [{ name: 'journal', field: [{ name: 'x', type: 'integer', allow_null: true }] }] },
          as: role({ component: '_schema/*', verbs: ['GET'] }, READS),
        },
        403,
      )
    await assertStored(context, 'samples')
  }),
  schemaCheck('a denial of a table or a field holds under every spelling', async (context) => {
    await create(context, { name: 'gw_safe', field: [ID, { name: 'pay', type: 'integer', allow_null: true }] })
    const sly = role({ component: '*' }, { component: '_schema/*' }, { component: '_schema/gw_safe', verbs: [] })
    const body = { field: [{ name: 'x', type: 'integer', allow_null: true }] }
    for (const name of [
      'gw_safe',
      'GW_SAFE',
      'Gw_safe/',
      'gw_safe/_field/pay',
      'GW_SAFE/_field/PAY',
      'gw_Safe/pay',
      'gw_safe/_field',
    ])
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])
        await refused(
          context,
          {
            method,
            path: `_schema/${name}`,
            query: { ids: 'pay' },
            body: method === 'GET' ? undefined : body,
            as: sly,
          },
          403,
        )
    await refused(
      context,
      { method: 'POST', path: '_schema', body: { resource: [{ name: 'GW_safe', ...body }] }, as: sly },
      403,
    )
    const oneField = role(
      { component: '*' },
      { component: '_schema/*' },
      { component: '_schema/gw_safe/_field/pay', verbs: [] },
    )
    for (const path of ['gw_safe/_field/pay', 'GW_SAFE/_field/Pay', 'gw_safe/pay', 'gw_SAFE/PAY'])
      for (const method of ['GET', 'PATCH', 'DELETE'])
        await refused(
          context,
          { method, path: `_schema/${path}`, body: method === 'PATCH' ? { is_index: true } : undefined, as: oneField },
          403,
        )
    await refused(context, { method: 'DELETE', path: field('gw_safe'), query: { ids: 'PAY' }, as: oneField }, 403)
    // Nor is it got at by way of its table.
    assert.deepEqual(
      (await listed(context, { path: field('gw_safe'), as: oneField })).map(({ name }) => name),
      ['id'],
    )
    assert.equal((await given(context, { path: schema('gw_safe'), as: oneField })).field.length, 1)
    await refused(context, { path: field('gw_safe'), query: { ids: 'Pay' }, as: oneField }, 403)
    const table = { method: 'PATCH', path: schema('gw_safe'), as: oneField }
    await refused(context, { ...table, body: { field: [{ name: 'PAY', is_index: true }] } }, 403)
    await given(context, { ...table, method: 'PUT', body: { field: [ID] } })
    assert.equal((await described(context, 'gw_safe')).field.length, 2)
  }),
  schemaCheck('a denial of a field holds under its own name, and under the one that it is given', async (context) => {
    const own = { name: 'pay', alias: 'Wage', type: 'integer', allow_null: true }
    await create(context, { name: 'gw_named', field: [ID, own] })
    for (const denied of ['pay', 'Wage']) {
      const closed = { component: `_schema/gw_named/_field/${denied}`, verbs: [] }
      const as = role({ component: '_schema/*' }, { component: '_table/*' }, closed)
      for (const name of ['pay', 'PAY', 'Wage', 'wage']) {
        await refused(context, { path: field('gw_named', name), as }, 403)
        await refused(context, { path: schema('gw_named', `/${name}`), as }, 403)
        await refused(context, { method: 'DELETE', path: field('gw_named', name), as }, 403)
        await refused(context, { method: 'DELETE', path: field('gw_named'), query: { ids: name }, as }, 403)
        const body = { resource: [{ name, is_index: true }] }
        await refused(context, { method: 'PATCH', path: field('gw_named'), body, as }, 403)
        await refused(context, { method: 'PATCH', path: schema('gw_named'), body: { field: body.resource }, as }, 403)
      }
      assert.equal((await given(context, { path: schema('gw_named'), as })).field.length, 1)
    }
  }),
  schemaCheck('fields that a role may not read are not described, changed, dropped or referred to', async (context) => {
    await create(context, {
      name: 'gw_secret',
      field: [
        ID,
        { name: 'pay', type: 'integer', allow_null: true, is_unique: true },
        { name: 'note', type: 'string', allow_null: true },
      ],
    })
    const as = role(
      { component: '_schema/*' },
      { component: '_table/*' },
      { component: '_table/gw_secret', deny: ['pay'] },
    )
    assert.deepEqual(
      (await listed(context, { path: field('gw_secret'), as })).map(({ name }) => name),
      ['id', 'note'],
    )
    await refused(context, { path: field('gw_secret', 'pay'), as }, 404)
    await refused(context, { path: field('gw_secret'), query: { ids: 'pay' }, as }, 404)
    await refused(context, { method: 'DELETE', path: field('gw_secret', 'PAY'), as }, 404)
    await refused(
      context,
      {
        method: 'PATCH',
        path: schema('gw_secret'),
        body: { field: [{ name: 'Pay', type: 'integer', allow_null: true }] },
        as,
      },
      403,
    )
    await refused(
      context,
      { method: 'POST', path: field('gw_secret', 'pay'), body: { is_index: true, type: 'integer' }, as },
      403,
    )
    const probe = {
      name: 'gw_probe',
      field: [ID, { name: 'pay', type: 'integer', ref_table: 'gw_secret', ref_field: 'pay' }],
    }
    await refused(
      context,
      { method: 'POST', path: '_schema', body: { resource: [probe] }, as },
      400,
      /no field to refer to/,
    )
    // What the role does not see is not left out of its list by its own will.
    await given(context, { method: 'PUT', path: schema('gw_secret'), body: { field: [ID] }, as })
    assert.deepEqual(
      (await described(context, 'gw_secret')).field.map(({ name }: any) => name),
      ['id', 'pay'],
    )
    const filter = { op: 'AND' as const, conditions: [{ name: 'id', operator: '=', value: 1 }] }
    await refused(
      context,
      { method: 'DELETE', path: schema('gw_secret'), as: role({ component: '_schema/*', filter }) },
      403,
    )
  }),
  schemaCheck('every answer is what is documented', async (context) => {
    await create(context, TODO)
    const document: any = await context.gateway.gateway.document({ service: 'db' })
    const validate = replyValidator(document)
    assert.ok(
      document.paths['/_schema/{table_name}']?.patch ?? document.paths['/_schema/gw_todo']?.patch,
      'not documented',
    )
    const calls: readonly Ask[] = [
      { method: 'POST', path: '_schema', body: { resource: [TODO, { name: 'gw_bad' }] } },
      { method: 'POST', path: '_schema', query: { fields: '*' }, body: { resource: [TODO] } },
      { method: 'PATCH', path: schema('gw_todo'), body: { field: [{ name: 'x', type: 'integer', allow_null: true }] } },
      { path: field('gw_todo') },
      { path: field('gw_todo', 'x') },
      { method: 'POST', path: field('gw_todo'), body: [{ name: 'y', type: 'integer', allow_null: true }] },
      { method: 'PATCH', path: field('gw_todo', 'x'), body: { is_index: true } },
      { method: 'DELETE', path: field('gw_todo'), query: { ids: 'y' } },
      { method: 'DELETE', path: field('gw_todo', 'x') },
      { method: 'DELETE', path: '_schema', query: { ids: 'gw_todo,gw_none' } },
      { method: 'DELETE', path: schema('gw_todo') },
    ]
    for (const ask of calls) validate(ask, await context.ask(ask))
  }),
]
