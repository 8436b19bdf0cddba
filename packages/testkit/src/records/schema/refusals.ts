/** Checks on what is refused, as a whole and with a reason. */
import assert from 'node:assert/strict'
import type { Check } from '../../check.ts'
import { assertStored, type RecordsContext, refused } from '../context.ts'
import { create, described, field, ID, names, schema, schemaCheck } from './context.ts'

export const refusalChecks: readonly Check<RecordsContext>[] = [
  schemaCheck('a bad definition is refused as a whole, with a reason', async (context) => {
    const good = { name: 'good', type: 'integer', allow_null: true }
    const bad: readonly (readonly [object, RegExp])[] = [
      [{ name: 'a' }, /type/],
      [{ type: 'string' }, /Field name can not be empty/],
      [{ name: 'a', type: 'string', length: -1 }, /length/],
      [{ name: 'a', type: 'string', length: 0 }, /length/],
      [{ name: 'a', type: 'string', length: 1e9 }, /length/],
      [{ name: 'a', type: 'string', length: '80); drop table orders; --' }, /length/],
      [{ name: 'a', type: 'decimal', precision: 5, scale: 9 }, /scale/],
      [{ name: 'a', type: 'decimal', precision: 99_999 }, /precision/],
      [{ name: 'a', type: 'integer', default: 'many' }, /integer/],
      [{ name: 'a', type: 'timestamp', default: { expression: 'now(); drop table orders' } }, /CURRENT_TIMESTAMP/],
      [{ name: 'a', type: 'integer', default: { expression: 'CURRENT_TIMESTAMP' } }, /dates/],
      [{ name: 'a', type: 'string', default: ['x'] }, /text/],
      [{ name: 'a', type: 'string', lenght: 5 }, /lenght/],
      [{ name: 'a', sql: 'integer' }, /SQL/],
      [{ name: 'a', type: 'reference' }, /ref_table/],
      [{ name: 'a', type: 'reference', ref_table: 'nope' }, /no field to refer to/],
      [{ name: 'a', type: 'reference', ref_table: 'customers', ref_field: 'notes' }, /neither the key nor unique/],
      [{ name: 'a', type: 'reference', ref_table: 'customers', ref_on_delete: 'EXPLODE' }, /ref_on_delete/],
      [{ name: 'a', db_type: 'integer; drop table orders' }, /database type/],
      [{ name: 'a', db_type: 'nonsense(3)' }, /database type/],
      [{ name: 'GOOD', type: 'integer' }, /twice/],
    ]
    for (const [field, reason] of bad) {
      const table = { name: 'gw_bad', field: [ID, good, field] }
      await refused(context, { method: 'POST', path: '_schema', body: { resource: [table] } }, 400, reason)
      assert.ok(!(await names(context)).includes('gw_bad'))
    }
    await create(context, { name: 'gw_kept', field: [ID] })
    for (const [field, reason] of bad.slice(0, -1)) {
      await refused(
        context,
        { method: 'PATCH', path: schema('gw_kept'), body: { field: [good, { allow_null: true, ...field }] } },
        400,
        reason,
      )
      assert.equal((await described(context, 'gw_kept')).field.length, 1, 'half of a definition was carried out')
    }
    const pair = { constraints: { fk_pair: { column_name: ['id', 'good'], referenced_table_name: 'order_lines' } } }
    const several = { name: 'gw_bad', field: [ID, good], ...pair }
    await refused(context, { method: 'POST', path: '_schema', body: { resource: [several] } }, 501, /several fields/)
    await refused(context, { method: 'PATCH', path: schema('gw_kept'), body: pair }, 501, /several fields/)
    const view = { name: 'gw_bad', is_view: true, field: [ID] }
    await refused(context, { method: 'POST', path: '_schema', body: { resource: [view] } }, 400, /view/)
    for (const method of ['POST', 'PUT', 'PATCH'])
      for (const body of [undefined, {}, { resource: [] }])
        await refused(context, { method, path: '_schema', body }, 400)
    await refused(
      context,
      { method: 'POST', path: '_schema', body: { resource: [{ field: [ID] }] } },
      400,
      /Table name can not be empty/,
    )
    await refused(
      context,
      { method: 'POST', path: '_schema', body: { resource: [{ name: 'gw_none' }] } },
      400,
      /at least one field/,
    )
    await refused(
      context,
      { method: 'PATCH', path: '_schema', body: { resource: [{ name: 'gw_none', field: [ID] }] } },
      404,
    )
    await refused(context, { method: 'POST', path: schema('gw_none'), body: { field: [ID] } }, 404)
    await refused(context, { method: 'DELETE', path: schema('gw_none') }, 404)
    await refused(context, { method: 'DELETE', path: '_schema' }, 400, /No data in schema delete request/)
    const exists = { method: 'POST', path: '_schema', query: { check_exist: true } }
    await refused(context, { ...exists, body: { resource: [{ name: 'gw_kept', field: [ID] }] } }, 409, /already exist/)
    await refused(context, { method: 'PATCH', path: schema('gw_kept'), body: { name: 'gw_other' } }, 400, /renaming/)
  }),
  schemaCheck('views and keys stay as they are', async (context) => {
    await refused(context, { method: 'DELETE', path: schema('active_customers') }, 400, /view/)
    const body = { field: [{ name: 'x', type: 'integer', allow_null: true }] }
    await refused(context, { method: 'PATCH', path: schema('active_customers'), body }, 400, /view/)
    await refused(context, { method: 'DELETE', path: field('active_customers', 'name') }, 400, /view/)
    await create(context, { name: 'gw_key', field: [ID, { name: 'a', type: 'integer', allow_null: true }] })
    await refused(context, { method: 'DELETE', path: field('gw_key', 'id') }, 400, /key/)
    await refused(context, { method: 'PATCH', path: field('gw_key', 'a'), body: { is_primary_key: true } }, 501)
    await refused(context, { method: 'PATCH', path: field('gw_key', 'a'), body: { auto_increment: true } }, 501)
    await refused(context, { method: 'DELETE', path: schema('customers') }, 409, /refer/)
    await assertStored(context, 'customers')
  }),
]
