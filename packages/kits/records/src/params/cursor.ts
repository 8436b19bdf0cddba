/** The cursor of keyset paging: the values of a page's last row, and the order they belong to. Opaque to clients. */
import { createHash } from 'node:crypto'
import { GwError } from '@gw/core'
import { cast } from '../cast.ts'
import type { Table } from '../catalog.ts'
import type { Order } from '../plan.ts'
import type { Row } from '../source.ts'
import type { RecordsParams } from './query.ts'

/**
 * Refuses a cursor where it has no meaning, rather than answer another page than was asked for.
 * @param lists whether the call reads a list
 */
export const checkCursor = ({ cursor, offset, group }: RecordsParams, lists: boolean): void => {
  if (cursor === undefined) return
  if (!lists) throw new GwError('invalid_request', 'The parameter cursor is for reading lists only.')
  if (offset !== undefined) throw new GwError('invalid_request', 'Use either cursor or offset, not both.')
  if (group)
    throw new GwError('invalid_request', 'The parameter cursor can not be used with group. Use limit and offset.')
}

const unfit = (): GwError =>
  new GwError(
    'invalid_request',
    'The cursor does not belong to this request. Pass meta.next_cursor of the page before, with the same order; an empty cursor begins anew.',
  )

/** Stands for table and order: the values of another order would mean other rows. */
const signature = (table: Table, order: readonly Order[]): string =>
  createHash('sha256')
    .update(JSON.stringify([table.name, order.map(({ field, descending, nulls }) => [field.name, descending, nulls])]))
    .digest('base64url')
    .slice(0, 16)

/** The cursor that continues behind a row. */
export const writeCursor = (table: Table, order: readonly Order[], row: Row): string => {
  const values = order.map(({ field }) => row[field.name] ?? null)
  return Buffer.from(JSON.stringify({ order: signature(table, order), values })).toString('base64url')
}

const parsed = (cursor: string): unknown => {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString())
  } catch {
    throw unfit()
  }
}

const isScalar = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value)

/**
 * The values of a cursor, cast as their fields; `undefined` for one that begins.
 * @throws GwError `invalid_request` for anything that is no cursor of this table and order
 */
export const readCursor = (cursor: string, table: Table, order: readonly Order[]): readonly unknown[] | undefined => {
  if (cursor === '' || cursor === '*') return undefined
  const content = parsed(cursor)
  if (typeof content !== 'object' || content === null) throw unfit()
  const { order: belongs, values } = content as { order?: unknown; values?: unknown }
  if (belongs !== signature(table, order) || !Array.isArray(values) || values.length !== order.length) throw unfit()
  return order.map(({ field }, at) => {
    const value: unknown = values[at]
    if (value === null && field.nullable) return null
    if (!isScalar(value)) throw unfit()
    try {
      return cast(field, value)
    } catch {
      throw unfit()
    }
  })
}
