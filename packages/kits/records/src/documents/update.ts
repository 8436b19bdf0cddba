/** What becomes of a document, in the update operators that MongoDB has for it. */
import type { Field } from '../catalog.ts'
import type { UpdatePlan } from '../plan.ts'
import type { Values } from '../source.ts'
import type { Operands } from '../update.ts'
import type { Document } from './rows.ts'

type Told = Readonly<Record<string, unknown>>

/**
 * Whether a plan leaves nothing of a document as it is, but for its key: then a new one can take its place. Otherwise
 * what goes has to be named.
 */
export const replacesWholly = ({ table, set, replaces }: UpdatePlan): boolean => {
  if (!replaces?.rest) return false
  const known = new Set([...set.map(({ field }) => field), ...replaces.gone])
  return table.fields.every((field) => field.primaryKey || field.virtual === true || known.has(field))
}

/**
 * @param storedValue makes the value of a field as it is stored
 * @param also names of what goes as well
 */
export const updateDocument = (
  { set, replaces }: UpdatePlan,
  values: Values,
  storedValue: (field: Field, value: unknown) => unknown,
  also: readonly string[] = [],
): Told => {
  const told: Record<string, Record<string, unknown>> = {}
  const tell = (operator: string, name: string, value: unknown): void => {
    told[operator] ??= {}
    told[operator][name] = value
  }
  for (const { field, slot, by = 'set' } of set) {
    const operand = values[slot]
    const list = (items: unknown): readonly unknown[] =>
      (items as readonly unknown[]).map((item) => storedValue(field, item))
    const { native } = field
    switch (by) {
      case 'now':
        tell('$currentDate', native, true)
        break
      case 'unset':
        tell('$unset', native, '')
        break
      case 'push': {
        const { items, position, slice, sort } = operand as Operands['push']
        tell('$push', native, {
          $each: list(items),
          ...(position !== undefined && { $position: position }),
          ...(slice !== undefined && { $slice: slice }),
          ...(sort !== undefined && { $sort: sort }),
        })
        break
      }
      case 'addToSet':
        tell('$addToSet', native, { $each: list(operand) })
        break
      case 'pull': {
        const pulled = operand as Operands['pull']
        tell(
          '$pull',
          native,
          'value' in pulled
            ? storedValue(field, pulled.value)
            : Object.fromEntries(
                pulled.compared.map(({ op, value }) => [
                  op,
                  Array.isArray(value) ? list(value) : storedValue(field, value),
                ]),
              ),
        )
        break
      }
      case 'pullAll':
        tell('$pullAll', native, list(operand))
        break
      case 'pop':
        tell('$pop', native, operand)
        break
      default:
        tell(`$${by}`, native, storedValue(field, operand))
    }
  }
  for (const { native } of replaces?.gone ?? []) tell('$unset', native, '')
  for (const name of also) tell('$unset', name, '')
  return told
}

/** The names in documents that their table does not list and a plan does not set: what goes with the rest. */
export const unlistedIn = ({ table, set }: UpdatePlan, documents: readonly Document[]): readonly string[] => {
  const kept = new Set([...table.fields.map(({ native }) => native), ...set.map(({ field }) => field.native)])
  return [...new Set(documents.flatMap((document) => Object.keys(document)))].filter(
    // A name that would be taken for a path, or for an operator, can not be named.
    (name) => !kept.has(name) && !/^\$|\./.test(name),
  )
}
