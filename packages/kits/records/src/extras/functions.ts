/** Functions on the fields of a table: what a definition may say, and what it comes to. */
import { GwError } from '@gw/core'
import type { Field, FieldFunctions, FieldType } from '../catalog.ts'
import { type FunctionUse, type StoredFunction, USES } from './document.ts'
import { type Expression, fieldsIn, mapFields, parseExpression, partsOf, printExpression } from './expression.ts'

/** A function that a source has, by its name in capitals. */
export interface FunctionSignature {
  /** The fewest and the most arguments. */
  readonly takes: readonly [least: number, most: number]
  /** `first`: what its first argument is. */
  readonly returns: FieldType | 'first'
}
export type Signatures = Readonly<Record<string, FunctionSignature>>

type Named = Pick<Field, 'name' | 'native' | 'type' | 'dbType'>

const invalid = (message: string): GwError => new GwError('invalid_request', message)

const DB_TYPES: Readonly<Partial<Record<FieldType, string>>> = { string: 'text', decimal: 'numeric' }

/** The type of what an expression gives. */
export const resultOf = <F extends Pick<Field, 'type' | 'dbType'>>(
  expression: Expression<F>,
  signatures: Signatures,
): Pick<Field, 'type' | 'dbType'> => {
  const plain = (type: FieldType) => ({ type, dbType: DB_TYPES[type] ?? type })
  switch (expression.kind) {
    case 'field':
      return { type: expression.field.type, dbType: expression.field.dbType }
    case 'value':
      return plain('string')
    case 'constant':
      return plain(typeof expression.value === 'number' ? 'decimal' : 'string')
    case 'call': {
      const returns = signatures[expression.name]?.returns ?? 'string'
      return returns === 'first' ? resultOf(expression.args[0]!, signatures) : plain(returns)
    }
  }
}

const describeFunctions = (stored: readonly StoredFunction[]): unknown =>
  stored.map(({ use, function: text }) => ({
    use: use.map((one) => one.toUpperCase()),
    function: text,
    function_type: 'database',
  }))

/** What stored functions come to in a table; `undefined` where one names what is not there any more. */
export const resolveFunctions = (
  stored: readonly StoredFunction[],
  fields: readonly Field[],
  signatures: Signatures,
): FieldFunctions | undefined => {
  const found: Partial<Record<FunctionUse, Expression<Field>>> = {}
  for (const { use, function: text } of stored) {
    const resolved = mapFields(parseExpression(text), (name) => fields.find(({ native }) => native === name))
    const known =
      resolved && [...partsOf(resolved)].every((part) => part.kind !== 'call' || Object.hasOwn(signatures, part.name))
    if (!known) return undefined
    for (const one of use) found[one] = resolved
  }
  const result = found.select && resultOf(found.select, signatures)
  return { ...found, ...(result && { result }), told: describeFunctions(stored) }
}

/** The native names of all fields that functions look at. */
export const lookedAt = (functions: FieldFunctions): readonly string[] =>
  USES.flatMap((use) => (functions[use] ? fieldsIn(functions[use]).map(({ native }) => native) : []))

/** What a definition's functions are held against. */
export interface FunctionContext {
  /** Absent: the source has none. */
  readonly signatures: Signatures | undefined
  /** The fields of the table itself, those that are computed here left out. */
  readonly fields: readonly Named[]
}

const usesIn = (value: unknown): readonly FunctionUse[] => {
  const uses = [value ?? []].flat().map((one) => String(one).toLowerCase())
  if (uses.length === 0 || uses.some((one) => !(USES as readonly string[]).includes(one)))
    throw invalid("'use' of a db_function names SELECT, FILTER, INSERT and UPDATE.")
  return [...new Set(uses)] as FunctionUse[]
}

const TEXTS: ReadonlySet<FieldType> = new Set(['string', 'text'])
const alike = (one: FieldType, other: FieldType): boolean => one === other || (TEXTS.has(one) && TEXTS.has(other))

const checkCalls = (expression: Expression<unknown>, signatures: Signatures): void => {
  for (const part of partsOf(expression)) {
    if (part.kind !== 'call') continue
    const { name, args } = part
    const signature = Object.hasOwn(signatures, name) ? signatures[name] : undefined
    if (!signature)
      throw invalid(`There is no function '${name.slice(0, 60)}'. There are: ${Object.keys(signatures).join(', ')}.`)
    const [least, most] = signature.takes
    if (args.length < least || args.length > most)
      throw invalid(`The function ${name} takes ${least === most ? least : `${least} to ${most}`} arguments.`)
  }
}

const checkUse = (use: FunctionUse, expression: Expression<Named>): void => {
  const writes = use === 'insert' || use === 'update'
  const takesValue = [...partsOf(expression)].some(({ kind }) => kind === 'value')
  if (writes && !takesValue)
    throw invalid(`A function for ${use.toUpperCase()} has {value} in it, and this one has not.`)
  if (!writes && takesValue) throw invalid(`A function for ${use.toUpperCase()} can not use {value}.`)
  if (writes && fieldsIn(expression).length > 0)
    throw invalid(`A function for ${use.toUpperCase()} works on {value}, not on other fields.`)
}

/**
 * Functions as a definition gives them, checked; `null` where there are none.
 * @param of the type that a filter's function has to keep; absent for a field that is only computed
 */
export const functionsIn = (
  value: unknown,
  { signatures, fields }: FunctionContext,
  of: Pick<Field, 'type'> | undefined,
): readonly StoredFunction[] | null => {
  if (value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) return null
  if (!signatures) throw new GwError('not_supported', "'db_function' is not supported by this service.")
  const find = (name: string) =>
    fields.find((field) => field.name.toLowerCase() === name.toLowerCase()) ??
    fields.find(({ native }) => native.toLowerCase() === name.toLowerCase())
  const seen = new Set<FunctionUse>()
  const list = Array.isArray(value) ? value : [value]
  if (list.length > USES.length) throw invalid("'db_function' holds one function for each use.")
  return list.map((one) => {
    if (typeof one !== 'object' || one === null)
      throw invalid("'db_function' is a list of objects with 'use' and 'function'.")
    const { use, function: text, function_type: kind = 'database' } = one as Readonly<Record<string, unknown>>
    if (kind !== 'database') throw invalid("'function_type' can only be 'database'.")
    if (typeof text !== 'string') throw invalid("A db_function needs 'function', for example UPPER(name).")
    const parsed = parseExpression(text)
    checkCalls(parsed, signatures)
    const resolved = mapFields(parsed, find)
    if (!resolved) throw invalid(`The function '${text.slice(0, 80)}' names a field that is not there.`)
    const uses = usesIn(use)
    for (const each of uses) {
      if (seen.has(each)) throw invalid(`There are two functions for ${each.toUpperCase()}.`)
      seen.add(each)
      checkUse(each, resolved)
      if (each === 'filter' && of && !alike(resultOf(resolved, signatures).type, of.type))
        throw invalid(`A function for FILTER has to give what the field holds: ${of.type}.`)
    }
    return { use: uses, function: printExpression(mapFields(resolved, ({ native }) => native)!) }
  })
}
