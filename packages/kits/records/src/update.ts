/** Values of a change that are not set but worked out where the record is stored. */
import type { Field } from './catalog.ts'
import type { UpdateOperator } from './plan.ts'

const UPDATE = Symbol('update')

/** What becomes of a field, in a plan's words. */
export interface Update {
  readonly [UPDATE]: true
  readonly by: UpdateOperator
  /** Cast; what it is depends on the operator, see `Operands`. */
  readonly operand: unknown
}

/** What the operators take. Values in them are cast as the field's are. */
export interface Operands {
  readonly inc: unknown
  readonly mul: unknown
  readonly min: unknown
  readonly max: unknown
  readonly now: null
  readonly unset: null
  readonly push: {
    readonly items: readonly unknown[]
    readonly position?: number | undefined
    readonly slice?: number | undefined
    readonly sort?: 1 | -1 | undefined
  }
  readonly addToSet: readonly unknown[]
  /** An item that is the value, or of which all comparisons hold. */
  readonly pull:
    | { readonly value: unknown }
    | { readonly compared: readonly { readonly op: PullComparison; readonly value: unknown }[] }
  readonly pullAll: readonly unknown[]
  readonly pop: 1 | -1
}
export type PullComparison = '$eq' | '$ne' | '$gt' | '$gte' | '$lt' | '$lte' | '$in' | '$nin'

export const update = <O extends UpdateOperator>(by: O, operand: Operands[O]): Update => ({
  [UPDATE]: true,
  by,
  operand,
})

export const isUpdate = (value: unknown): value is Update =>
  typeof value === 'object' && value !== null && UPDATE in value

/** Whether some of it depends on what is stored: then it says nothing of a record that is not there yet. */
export const hasUpdates = (values: ReadonlyMap<Field, unknown>): boolean => [...values.values()].some(isUpdate)
