/**
 * Conditions for sources whose queries know true and false alone. A condition is unknown where a field is null or
 * missing, as on SQL: `NOT` is brought down to the comparisons, so that it does not select what they do not know.
 */
import type { Field } from '../catalog.ts'
import type { Comparison, Condition, DocumentCondition, Operand } from '../plan.ts'

export type RelatedCondition = Extract<Condition, { readonly kind: 'related' }>
export type LikeCondition = Extract<Condition, { readonly kind: 'like' }>
/** What is said of one field of a document. */
export type DocumentLeaf = Exclude<DocumentCondition, { readonly kind: 'none' | 'element' }>
type Leaf = Extract<Condition, { readonly kind: 'compare' | 'like' | 'in' | 'between' }>

/** What a source's queries are made of. */
export interface QueryLanguage<Q> {
  readonly everything: Q
  readonly nothing: Q
  all(queries: readonly Q[]): Q
  any(queries: readonly Q[]): Q
  /** Everything that a query does not select, null or not. */
  none(query: Q): Q
  /** Also what is missing. */
  isNull(field: Field): Q
  /** The comparisons select no null, and nothing where the operand is one. */
  compare(field: Field, op: Comparison, operand: Operand): Q
  like(condition: LikeCondition): Q
  oneOf(field: Field, operands: readonly Operand[]): Q
  related(condition: RelatedCondition): Q
  document(condition: DocumentLeaf): Q
  element(field: Field, query: Q): Q
  /** Whether an operand is null in the call at hand. */
  isUnknown(operand: Operand): boolean
}

/** The rows of which a condition is true. */
export const queryFor = <Q>(condition: Condition | undefined, language: QueryLanguage<Q>): Q => {
  const { everything, nothing, all, any, none, isNull, compare, like, oneOf, related, document, element, isUnknown } =
    language
  const leaf = (one: Leaf): Q => {
    switch (one.kind) {
      case 'compare':
        return compare(one.field, one.op, one.value)
      case 'like':
        return like(one)
      case 'in':
        return oneOf(one.field, one.values)
      case 'between':
        return all([compare(one.field, '>=', one.low), compare(one.field, '<=', one.high)])
    }
  }
  const denied = (one: Leaf): Q => {
    if (one.kind === 'between') return any([compare(one.field, '<', one.low), compare(one.field, '>', one.high)])
    // Whether a value differs from one that is not known is not known.
    if ((one.kind === 'in' ? one.values : [one.value]).some(isUnknown)) return nothing
    return all([none(leaf(one)), none(isNull(one.field))])
  }
  const where = (one: Condition, truth: boolean): Q => {
    switch (one.kind) {
      case 'and':
      case 'or': {
        const items = one.items.map((item) => where(item, truth))
        return (one.kind === 'and') === truth ? all(items) : any(items)
      }
      case 'xor':
        return any([
          all([where(one.left, true), where(one.right, !truth)]),
          all([where(one.left, false), where(one.right, truth)]),
        ])
      case 'not':
        return where(one.item, !truth)
      case 'never':
        return truth ? nothing : everything
      case 'related':
        return truth ? related(one) : none(related(one))
      case 'null':
        return truth ? isNull(one.field) : none(isNull(one.field))
      case 'none':
        return truth ? none(where(one.item, true)) : where(one.item, true)
      case 'exists':
      case 'size':
      case 'matches':
        return truth ? document(one) : none(document(one))
      case 'element': {
        const query = element(one.field, where(one.where, true))
        return truth ? query : none(query)
      }
      default:
        return truth ? leaf(one) : denied(one)
    }
  }
  return condition ? where(condition, true) : everything
}
