/** Keys of records as texts by which those that belong together are found in memory. */

import type { Field, Table } from '../catalog.ts'
import type { Work } from '../execute/work.ts'
import { plainOf } from '../extended-json.ts'
import type { Scope } from '../scope.ts'
import type { Row } from '../source.ts'

type Asker = Pick<Work, 'source' | 'run'>

/** Two texts of these alone are equal in no collation, unless they are the same: UUIDs, most hashes and numbers. */
const PLAIN = /^[\da-f-]*$/

/** The texts of one relation's keys, the same where the source takes the keys to be equal. */
export interface KeyTexts {
  /** Has to be done before the texts of these rows are asked for. */
  learn(rows: readonly Row[], fields: readonly Field[]): Promise<void>
  /** A row's key as one text, so that `5` and `'5'` are the same; `undefined` where a part of it is null. */
  text(row: Row, fields: readonly Field[]): string | undefined
}

const partOf = (row: Row, { name, type }: Field): string | undefined => {
  const value = plainOf(row[name] ?? null)
  if (value === null) return undefined
  return type === 'uuid' ? String(value).toLowerCase() : String(value)
}

/** The texts of one field's values; those of a source's collation once there is one that could matter. */
const textsBy = ({ source, run }: Asker, field: Field) => {
  const collated = field.collation !== undefined && source.collationKeys !== undefined
  const keys = new Map<string, string | undefined>()
  return {
    collated,
    keyOf: (text: string): string => keys.get(text) ?? text,
    async learn(texts: readonly string[]) {
      for (const text of texts) if (!keys.has(text)) keys.set(text, undefined)
      const unknown = [...keys].flatMap(([text, key]) => (key === undefined ? [text] : []))
      if (unknown.length === keys.size && unknown.every((text) => PLAIN.test(text))) return
      const found = unknown.length > 0 ? await source.collationKeys!(field, unknown, run) : []
      for (const [at, text] of unknown.entries()) keys.set(text, found[at])
    },
  }
}

/** @param references The fields whose collation decides: the records that belong to others are looked for by them. */
export const keyTexts = (asker: Asker, references: readonly Field[]): KeyTexts => {
  const parts = references.map((field) => textsBy(asker, field))
  return {
    async learn(rows, fields) {
      for (const [at, part] of parts.entries())
        if (part.collated) await part.learn(rows.flatMap((row) => partOf(row, fields[at]!) ?? []))
    },
    text(row, fields) {
      const texts = fields.map((field, at) => {
        const text = partOf(row, field)
        return text === undefined ? undefined : parts[at]!.keyOf(text)
      })
      if (texts.includes(undefined)) return undefined
      return texts.length === 1 ? texts[0] : JSON.stringify(texts)
    },
  }
}

export type Comparable = (own: Field, other: Field) => boolean

/** Whether an index is known by which a table's rows are found: without it, each record would cost a look at all of them. */
export const isReached = ({ primaryKey }: Table, fields: readonly Field[]): boolean =>
  fields.some(({ name, unique, index }) => unique || index !== undefined || name === primaryKey[0])

export const alike = (some: readonly Field[], others: readonly Field[], comparable: Comparable): boolean =>
  some.every((field, at) => comparable(field, others[at]!))

/** What functions stand for is computed where the field is the only one of its name. */
export const isPlain = ({ functions }: Field): boolean => functions === undefined
export const isPlainTable = (view: { readonly scope: Scope } | undefined): boolean =>
  view === undefined || view.scope.table.fields.every(isPlain)
