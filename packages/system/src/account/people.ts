/** Users that the gateway itself makes and changes, by the rules that hold for everyone. */
import type { Caller } from '@gw/core'
import type { RecordsSource, RunOptions } from '@gw/records'
import { fieldOf } from '@gw/records'
import { GATEWAY } from '../rules/rights.ts'

type Values = Readonly<Record<string, unknown>>
type Kind = 'user' | 'admin'

/** How long such a write may take, in milliseconds. */
const PATIENCE = 15_000

/** @param by on whose word; the trail of changes names them */
const options = (by?: Pick<Caller, 'user' | 'app'>) => ({
  signal: AbortSignal.timeout(PATIENCE),
  caller: { ...GATEWAY, ...(by?.user && { user: by.user }), ...(by?.app && { app: by.app }) },
})

/** @param inside a transaction of the same source that it belongs to. @returns the number of the new user. @throws GwError `invalid_request` where the rules do not let it be */
export const createUser = async (
  source: RecordsSource,
  kind: Kind,
  values: Values,
  inside: Partial<Pick<RunOptions, 'signal' | 'transaction'>> = {},
): Promise<number> => {
  const table = source.catalog().byName.get(kind)!
  const columns = table.fields.filter(({ name }) => Object.hasOwn(values, name))
  const [row] = await source.insert(
    { kind: 'insert', table, columns, returning: [fieldOf(table, 'id')!] },
    [columns.map(({ name }) => values[name])],
    { ...options(), ...inside },
  )
  return Number(row!.id)
}

/** @throws GwError `invalid_request` where the rules do not let it be */
export const changeUser = async (
  source: RecordsSource,
  kind: Kind,
  id: number,
  values: Values,
  by: Pick<Caller, 'user' | 'app'>,
): Promise<void> => {
  const table = source.catalog().byName.get(kind)!
  const names = Object.keys(values)
  await source.update(
    {
      kind: 'update',
      table,
      set: names.map((name, slot) => ({ field: fieldOf(table, name)!, slot })),
      where: { kind: 'compare', field: fieldOf(table, 'id')!, op: '=', value: { kind: 'slot', slot: names.length } },
      returning: [],
    },
    [...Object.values(values), id],
    options(by),
  )
}

export const removeUser = async (source: RecordsSource, kind: Kind, id: number): Promise<void> => {
  const table = source.catalog().byName.get(kind)!
  await source.delete(
    {
      kind: 'delete',
      table,
      where: { kind: 'compare', field: fieldOf(table, 'id')!, op: '=', value: { kind: 'slot', slot: 0 } },
      returning: [],
    },
    [id],
    options(),
  )
}

/** Gives a user roles in apps. */
export const giveRoles = async (
  source: RecordsSource,
  userId: number,
  roles: ReadonlyMap<number, number>,
): Promise<void> => {
  if (roles.size === 0) return
  const table = source.catalog().byName.get('user_to_app_to_role')!
  const columns = ['user_id', 'app_id', 'role_id'].map((name) => fieldOf(table, name)!)
  const records = [...roles].map(([app, role]) => [userId, app, role])
  await source.insert({ kind: 'insert', table, columns, returning: [] }, records, options())
}
