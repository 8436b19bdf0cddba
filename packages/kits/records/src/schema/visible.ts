/** What of a table a caller may know, and what it may change. */
import { type Call, type Grant, GwError, METHODS, type Method } from '@gw/core'
import type { Catalog, Table } from '../catalog.ts'
import { describeTable } from '../describe.ts'
import { type Scope, scopeOf } from '../scope.ts'

type Asker = Pick<Call, 'access'>

/** The fields that a role's rules about the records hide. Without access to the records there are none. */
const deniedOn = (call: Asker, component: string, methods: readonly Method[]): readonly string[] =>
  methods.flatMap((method): readonly string[] => {
    try {
      return call.access(component, method).deny
    } catch (error) {
      if (!GwError.is(error)) throw error
      return []
    }
  })

const allows = (call: Asker, component: string, method: Method): boolean => {
  try {
    call.access(component, method)
    return true
  } catch (error) {
    if (!GwError.is(error)) throw error
    return false
  }
}

/**
 * Fields that are closed one by one (`_schema/t/_field/pay`) to who may use the others that way. Where fields as such
 * are not granted, the table's own grant decides.
 */
const closedFields = (call: Asker, table: Table, methods: readonly Method[]): readonly string[] => {
  const fields = `_schema/${table.name}/_field`
  const granted = methods.filter((method) => allows(call, fields, method))
  return table.fields.flatMap(({ name }) =>
    granted.some((method) => !allows(call, `${fields}/${name}`, method)) ? [name] : [],
  )
}

const scopeFor = (call: Asker, table: Table, denied: readonly string[], methods: readonly Method[]): Scope => {
  const deny = new Set([...denied, ...deniedOn(call, `_table/${table.name}`, methods)])
  return scopeOf(table, { filters: [], deny: [...deny] })
}

/** A table as its description shows it: fields that are denied on its records are not described either. */
export const describedScope = (table: Table, call: Asker): Scope => {
  const { deny } = call.access(`_schema/${table.name}`, 'GET')
  return scopeFor(call, table, [...deny, ...closedFields(call, table, ['GET'])], ['GET'])
}

/** The description of a table, as far as the caller may see it. */
export const describedTable = (table: Table, catalog: Catalog, call: Asker): Record<string, unknown> =>
  describeTable(describedScope(table, call), catalog, call)

/**
 * The right to change what tables are. A filter of rows means nothing there, so a role that has one is refused.
 * @throws GwError `forbidden`
 */
export const changeGrant = (call: Asker, name: string, method: Method): Grant => {
  const grant = call.access(`_schema/${name}`, method)
  if (grant.filters.length > 0)
    throw new GwError(
      'forbidden',
      `The role has row filters for '_schema/${name}', which a change of a table can not keep.`,
    )
  return grant
}

/** A table as it may be changed: without any field that is denied in whatever way, to this caller. */
export const changeableScope = (table: Table, call: Asker, method: Method): Scope => {
  const { deny } = changeGrant(call, table.name, method)
  const denied = [...deniedOn(call, `_schema/${table.name}`, METHODS), ...closedFields(call, table, ['GET', method])]
  return scopeFor(call, table, [...deny, ...denied], METHODS)
}
