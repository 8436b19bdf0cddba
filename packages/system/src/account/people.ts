/** Users that the gateway itself makes and changes, by the rules that hold for everyone. */
import type { RecordsSource } from '@gw/records'
import { fieldOf } from '@gw/records'
import { GATEWAY } from '../rules/rights.ts'

type Values = Readonly<Record<string, unknown>>
type Kind = 'user' | 'admin'

/** How long such a write may take, in milliseconds. */
const PATIENCE = 15_000

const options = () => ({ signal: AbortSignal.timeout(PATIENCE), caller: GATEWAY })

/** @returns the number of the new user. @throws GwError `invalid_request` where the rules do not let it be */
export const createUser = async (
  source: RecordsSource,
  kind: Kind,
  values: Values,
  signal?: AbortSignal,
): Promise<number> => {
  const table = source.catalog().byName.get(kind)!
  const columns = table.fields.filter(({ name }) => Object.hasOwn(values, name))
  const [row] = await source.insert(
    { kind: 'insert', table, columns, returning: [fieldOf(table, 'id')!] },
    [columns.map(({ name }) => values[name])],
    { ...options(), ...(signal && { signal }) },
  )
  return Number(row!.id)
}

/** @throws GwError `invalid_request` where the rules do not let it be */
export const changeUser = async (source: RecordsSource, kind: Kind, id: number, values: Values): Promise<void> => {
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
    options(),
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
