/** `fields`, `order`, `id_field` and `ids`: names and values that a client lists (the wire contract §2.3, §2.5, §2.7). */
import { GwError } from '@gw/core'
import { cast, idType } from '../cast.ts'
import type { Field } from '../catalog.ts'
import { Verbatim } from '../lookups.ts'
import type { Order } from '../plan.ts'
import type { Scope } from '../scope.ts'
import type { RecordsParams } from './query.ts'

const invalid = (message: string): GwError => new GwError('invalid_request', message)

/** The items of a comma list, trimmed, without empty ones. */
export const listItems = (list: string): readonly string[] =>
  list
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

/** The key's fields, or all of them where there is no key. */
export const keyOrAll = (scope: Scope): readonly Field[] => (scope.key.length > 0 ? scope.key : scope.fields)

/** The fields that `fields` names, each once, in the order they were asked for. */
export const parseFields = (list: string, scope: Scope): readonly Field[] => {
  const fields = new Set<Field>()
  for (const name of listItems(list)) {
    const field = scope.find(name)
    if (name === '*') for (const each of scope.fields) fields.add(each)
    else if (field) fields.add(field)
    else throw invalid(`Invalid field requested: ${name}`)
  }
  return fields.size > 0 ? [...fields] : keyOrAll(scope)
}

const NULLS = /^(?:first|last)$/i

/** One item of `order`: `field [asc|desc] [nulls first|nulls last]`; a direction that is no word of these is asc. */
const parseOrderItem = (item: string, scope: Pick<Scope, 'find'>): Order => {
  const whole = scope.find(item)
  if (whole) return { field: whole, descending: false }
  const words = item.split(/\s+/)
  const hasNulls = words.length > 2 && words.at(-2)!.toLowerCase() === 'nulls' && NULLS.test(words.at(-1)!)
  const nulls = hasNulls ? (words.splice(-2)[1]!.toLowerCase() as 'first' | 'last') : undefined
  const named = scope.find(words.join(' '))
  const direction = named || words.length < 2 ? undefined : words.pop()!.toLowerCase()
  const field = named ?? scope.find(words.join(' '))
  if (!field) throw invalid(`Invalid field '${words.join(' ')}' in order by clause.`)
  return { field, descending: direction === 'desc', ...(nulls && { nulls }) }
}

/** The order that `order` asks for. */
export const parseOrder = (list: string, scope: Pick<Scope, 'find'>): readonly Order[] => {
  if (list.includes(';')) throw invalid('Invalid order by clause in request.')
  return listItems(list).map((item) => parseOrderItem(item, scope))
}

/** The first of `id_type`'s types; refused for the call as a whole where there is none of that name. */
const idTypeOf = (types: string): Field['type'] => idType(types.split(',', 1)[0]!)

/** What identifies records in this request: `id_field`, or the table's key. Empty where there is neither. */
export const identifiers = (params: RecordsParams, scope: Scope): readonly Field[] => {
  if (params.idType) idTypeOf(params.idType)
  if (!params.idField) return scope.key
  return listItems(params.idField).map((name) => {
    const field = scope.find(name)
    if (!field) throw invalid(`Invalid field requested: ${name}`)
    return field
  })
}

/** The one field by which a path id or `ids` select; throws where there is none, or where one value isn't enough. */
export const soleIdentifier = (fields: readonly Field[]): Field => {
  if (fields.length === 1) return fields[0]!
  if (fields.length === 0)
    throw new GwError('invalid_request', 'Identifying field(s) could not be determined. Name one with id_field.')
  throw invalid(
    `A single identifier does not name a record here: the key has the fields ${fields.map(({ name }) => name).join(', ')}. ` +
      'Send records that carry all of them in the body, or name one field with id_field.',
  )
}

/** An identifier's value as its field's type, by way of `id_type` where that was given. */
export const castIdentifier = (field: Field, given: unknown, type: string | undefined): unknown => {
  const value = given instanceof Verbatim ? given.text : given
  if (value === null || value === undefined || (typeof value === 'object' && !(value instanceof Uint8Array))) {
    throw invalid('The request contains no valid identifiers.')
  }
  return cast(field, type ? cast({ ...field, type: idTypeOf(type) }, value) : value)
}

/** The most records that one call may name. */
export const MOST_IDENTIFIERS = 10_000

/** The values of `ids`: a comma list, or a body's array. */
export const parseIds = (ids: string | readonly unknown[]): readonly unknown[] => {
  const values = typeof ids === 'string' ? listItems(ids) : ids
  if (values.length <= MOST_IDENTIFIERS) return values
  throw invalid(`Too many identifiers: ${values.length}, ${MOST_IDENTIFIERS} are allowed in one request.`)
}
