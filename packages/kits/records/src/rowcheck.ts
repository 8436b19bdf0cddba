/** Whether a record to be stored lies inside a role's row filters (the wire contract §9.2, §5.3 of the platform's). */
import { GwError } from '@gw/core'
import type { Field } from './catalog.ts'
import { matchesPattern } from './pattern.ts'
import type { Operands, ResolvedFilters, RowFilters, RowOperator, RowTest } from './rowfilter.ts'
import { isUpdate } from './update.ts'

/** How two values relate; `~`: surely different, order unknown. `undefined`: the source may see it either way. */
type Relation = '<' | '=' | '>' | '~' | undefined

/** What has no sign (`NaN`, one infinity less another) says nothing. */
const bySign = (sign: number): Relation => (sign < 0 ? '<' : sign > 0 ? '>' : sign === 0 ? '=' : undefined)

const loosely = new Intl.Collator('en', { sensitivity: 'base' })

/** Texts are equal only byte for byte, and different only where no common collation would call them equal. */
const relateText = (a: string, b: string): Relation => {
  if (a === b) return '='
  const loose = bySign(loosely.compare(a.trimEnd(), b.trimEnd()))
  if (loose === '=') return undefined
  return loose === (a < b ? '<' : '>') ? loose : '~'
}

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?$/

/** The digits that matter. No pattern does this: trimming by one takes quadratic time on long runs of zeros. */
const digits = (text: string): { negative: boolean; whole: string; fraction: string } | undefined => {
  const found = DECIMAL.exec(text)
  if (!found) return undefined
  const whole = found[2]!.replace(/^0+/, '')
  let fraction = found[3] ?? ''
  let end = fraction.length
  while (fraction[end - 1] === '0') end--
  fraction = fraction.slice(0, end)
  return { negative: found[1] === '-' && whole + fraction !== '', whole, fraction }
}

/** Compares numbers digit by digit: exact, however long they are. */
const relateDecimal = (a: string, b: string): Relation => {
  const left = digits(a)
  const right = digits(b)
  if (!left || !right) return undefined
  if (left.negative !== right.negative) return left.negative ? '<' : '>'
  const sign = left.negative ? -1 : 1
  if (left.whole.length !== right.whole.length) return bySign((left.whole.length - right.whole.length) * sign)
  const x = left.whole + left.fraction
  const y = right.whole + right.fraction
  return bySign((x < y ? -1 : x > y ? 1 : 0) * sign)
}

const LOCAL_TIME = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?)?$/
const CLOCK = /^(\d\d:\d\d)(:\d\d)?$/

/** A time in a form that sorts as text: in ISO form, without a zone, and without what the source may cut or round. */
const sortable = (field: Field, text: string): string | undefined => {
  if (field.type === 'time') {
    const clock = CLOCK.exec(text)
    return clock ? clock[1]! + (clock[2] ?? ':00') : undefined
  }
  const found = LOCAL_TIME.exec(text)
  if (!found || (field.type === 'date' && found[2])) return undefined
  return `${found[1]} ${found[2] ?? '00:00'}${found[3] ?? ':00'}`
}

const relateTime = (field: Field, a: string, b: string): Relation => {
  const x = sortable(field, a)
  const y = sortable(field, b)
  if (x === undefined || y === undefined) return a === b ? '=' : undefined
  return bySign(x < y ? -1 : x > y ? 1 : 0)
}

const plainUuid = (text: string): string => text.replace(/[{}-]/g, '').toLowerCase()

const relate = (field: Field, a: unknown, b: unknown): Relation => {
  switch (field.type) {
    case 'integer':
    case 'bigint':
      return relateDecimal(String(a), String(b))
    case 'decimal': {
      // The source would round it, and it is the rounded value that has to lie inside.
      const places = digits(String(a))?.fraction.length ?? 0
      return field.scale !== undefined && places > field.scale ? undefined : relateDecimal(String(a), String(b))
    }
    case 'double':
      return bySign(Number(a) - Number(b))
    case 'float': {
      const exact = bySign(Number(a) - Number(b))
      return exact === bySign(Math.fround(Number(a)) - Number(b)) ? exact : undefined
    }
    case 'boolean':
      return a === b ? '=' : '~'
    case 'uuid':
      return plainUuid(String(a)) === plainUuid(String(b)) ? '=' : '~'
    case 'string':
    case 'text':
      return relateText(String(a), String(b))
    case 'date':
    case 'time':
    case 'datetime':
    case 'timestamp':
      return relateTime(field, String(a), String(b))
    default:
      return undefined
  }
}

const DIFFERENT = '<>~'
const HOLDS = { '=': '=', '!=': DIFFERENT, '<': '<', '<=': '<=', '>': '>', '>=': '>=' } as const

const holdsFor = (field: Field, operator: RowOperator, operands: readonly unknown[], value: unknown): boolean => {
  if (operator.kind === 'null') return (value === null) !== operator.negated
  if (value === null || operands.length === 0) return false
  const related = (operand: unknown, accepted: string): boolean => {
    const relation = relate(field, value, operand)
    return relation !== undefined && accepted.includes(relation)
  }
  switch (operator.kind) {
    case 'compare':
      return related(operands[0], HOLDS[operator.op])
    case 'in':
      return operator.negated
        ? operands.every((operand) => related(operand, DIFFERENT))
        : operands.some((operand) => related(operand, '='))
    case 'like': {
      const pattern = String(operands[0])
      // Escapes and character classes mean different things to different sources.
      return !/[\\[]/.test(pattern) && matchesPattern(String(value), pattern)
    }
  }
}

/** Whether the stored value would surely satisfy a test; `value` undefined where the source will choose it. */
const holds = ({ field, operator }: RowTest, operands: Operands, value: unknown): boolean => {
  if (!operands) return false
  // What becomes of a value in the source is not known here, but for one that goes.
  if (isUpdate(value)) return value.by === 'unset' && holdsFor(field, operator, operands, null)
  if (value !== undefined) return holdsFor(field, operator, operands, value)
  if (operator.kind === 'null' && operator.negated && !field.nullable) return true
  const becomesNull = field.nullable && field.default === undefined && !field.autoIncrement && !field.generated
  return becomesNull && holdsFor(field, operator, operands, null)
}

/**
 * Refuses a record that would lie outside the role's filters. A new record must surely lie inside, so fields left to
 * the source's defaults fail; a change is judged by the fields it sets.
 * @param submitted cast values by field, generated fields left out
 * @throws GwError `forbidden`
 */
export const checkSubmitted = (
  { groups }: RowFilters,
  { operands }: ResolvedFilters,
  submitted: ReadonlyMap<Field, unknown>,
  purpose: 'create' | 'update',
): void => {
  for (const { op, tests } of groups) {
    const judged = purpose === 'create' ? tests : tests.filter(({ field }) => submitted.has(field))
    // What a function makes of a value is not known here.
    const passes = (test: RowTest): boolean =>
      !test.field.functions?.[purpose === 'create' ? 'insert' : 'update'] &&
      holds(test, operands.get(test), submitted.get(test.field))
    const allowed = op === 'and' ? judged.every(passes) : judged.some(passes)
    if (tests.length > 0 && purpose === 'update' && judged.length === 0) continue
    if (tests.length === 0 || !allowed) {
      throw new GwError('forbidden', 'Denied access to some of the requested fields.')
    }
  }
}
