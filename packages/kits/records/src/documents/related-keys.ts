/** Conditions on related records for sources that can not look at two tables in one query: the keys are read before. */
import { GwError } from '@gw/core'
import type { Field, Table } from '../catalog.ts'
import type { Condition } from '../plan.ts'
import type { RelatedCondition } from './truth.ts'

/** By condition: the keys of the related records that meet it. */
export type RelatedKeys = ReadonlyMap<Condition, readonly (readonly unknown[])[]>

/** Most related records that a filter may go by: their keys become part of the query. */
const MOST_KEYS = 50_000

/** The innermost ones first. */
const relatedIn = (condition: Condition | undefined): readonly RelatedCondition[] => {
  switch (condition?.kind) {
    case 'and':
    case 'or':
      return condition.items.flatMap(relatedIn)
    case 'xor':
      return [...relatedIn(condition.left), ...relatedIn(condition.right)]
    case 'not':
    case 'none':
      return relatedIn(condition.item)
    case 'related':
      return [...relatedIn(condition.where), condition]
    default:
      return []
  }
}

/** Values of fields of the records that meet a condition, `null` where a record has none; as many as `limit`. */
export type KeyReader = (
  table: Table,
  fields: readonly Field[],
  where: Condition,
  known: RelatedKeys,
  limit: number,
) => Promise<readonly (readonly unknown[])[]>

/** @throws GwError `invalid_request` where they are too many to go by */
export const relatedKeys = async (condition: Condition | undefined, read: KeyReader): Promise<RelatedKeys> => {
  const known = new Map<Condition, readonly (readonly unknown[])[]>()
  for (const one of relatedIn(condition)) {
    const keys = await read(one.table, one.references, one.where, known, MOST_KEYS + 1)
    if (keys.length > MOST_KEYS)
      throw new GwError(
        'invalid_request',
        `The filter is met by more than ${MOST_KEYS} records of "${one.table.name}": narrow what it says of them.`,
      )
    // What is null belongs to nothing.
    known.set(
      one,
      keys.filter((key) => !key.includes(null)),
    )
  }
  return known
}
