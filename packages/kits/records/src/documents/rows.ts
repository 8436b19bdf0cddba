/** Documents as rows. */
import type { Field } from '../catalog.ts'
import type { Row } from '../source.ts'

export type Document = Readonly<Record<string, unknown>>

/** What a path leads to; a list on the way gives what its items have there. */
const at = (value: unknown, path: readonly string[]): unknown => {
  const [step, ...rest] = path
  if (step === undefined) return value
  if (Array.isArray(value)) {
    const item = /^\d+$/.test(step) ? value[Number(step)] : undefined
    return item === undefined ? value.map((one) => at(one, path)).filter((one) => one !== undefined) : at(item, rest)
  }
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
  return at((value as Document)[step], rest)
}

export interface RowShape {
  /** In output order. */
  readonly fields: readonly Field[]
  /** Those of the table: what is not among them is the rest of a document. */
  readonly listed: readonly Field[]
  readonly rest: boolean
  /** A value as it is answered; absent for the rest. */
  tell(value: unknown, field?: Field): unknown
}

/** What each field has of a document, as far as the document has it, or the field is always there. */
export const rowsOf = ({ fields, listed, rest, tell }: RowShape): ((document: Document) => Row) => {
  const steps = fields.map((field) => ({ field, path: field.open ? field.native.split('.') : [field.native] }))
  const known = new Set(listed.map(({ native }) => native))
  return (document) => {
    const row: Record<string, unknown> = {}
    for (const { field, path } of steps) {
      const value = at(document, path)
      if (value !== undefined) row[field.name] = tell(value, field)
      else if (field.always) row[field.name] = null
    }
    if (!rest) return row
    for (const [name, value] of Object.entries(document))
      if (!known.has(name) && !Object.hasOwn(row, name)) row[name] = tell(value)
    return row
  }
}
