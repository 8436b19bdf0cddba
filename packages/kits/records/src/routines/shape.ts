/** The shapes of a routine's answer (the wire contract §7.3). */
import { type Reply, rows } from '@gw/core'
import type { Row } from '../source.ts'
import type { RoutineRequest } from './request.ts'
import { castResult } from './result-types.ts'
import type { RoutineResult } from './routine.ts'

type Casts = NonNullable<RoutineRequest['casts']>

const castRow = (row: Row, casts: Casts): Row =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => {
      const type = casts.get(name.toLowerCase())
      return [name, type ? castResult(type, value) : value]
    }),
  )

/** One row set, several, one value, or `undefined` for nothing. */
const contentOf = ({ sets, value }: RoutineResult, casts: Casts | undefined): unknown => {
  if (value) return value.is
  if (sets.length === 0) return undefined
  const typed = casts ? sets.map((set) => set.map((row) => castRow(row, casts))) : sets
  return typed.length === 1 ? typed[0] : typed
}

/** The first value of the first row. */
const firstOf = (content: unknown): unknown => {
  if (Array.isArray(content)) return content.length > 0 ? firstOf(content[0]) : null
  return typeof content === 'object' && content !== null ? (Object.values(content)[0] ?? null) : content
}

const isNothing = (content: unknown): boolean =>
  content === undefined || content === null || (Array.isArray(content) && content.length === 0)

/** Rows stand bare; OUT parameters, or a `wrapper`, make the answer an object. */
export const shapeResult = (result: RoutineResult, { returns, wrapper, casts }: RoutineRequest): Reply => {
  const found = contentOf(result, casts)
  const reduced = returns !== undefined && found !== undefined
  // Only row sets are looked into: what a function gave as its value is the value, also where it is a list.
  const content = reduced ? castResult(returns, result.value ? found : firstOf(found)) : found
  if (result.out) {
    const out = casts ? castRow(result.out, casts) : result.out
    return isNothing(content) ? { ...out } : { [wrapper ?? 'resource']: content, ...out }
  }
  if (wrapper !== undefined) return { [wrapper]: content ?? [] }
  if (content === undefined || Array.isArray(content)) return rows({ items: content ?? [], bare: true })
  return content
}
