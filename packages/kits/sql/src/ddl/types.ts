/** A column's type in the database's own words: names from the dialect, numbers that were checked, nothing else. */
import { GwError } from '@gw/core'
import type { ColumnDefinition } from '@gw/records'
import type { NativeType, Size, SqlDdl } from './dialect.ts'

const refuse = (name: string, what: string): never => {
  throw new GwError('invalid_request', `Field '${name}': ${what}`)
}

const LARGEST_FRACTION = 6

const checked = (name: string, what: string, value: number, least: number, most: number): number =>
  Number.isInteger(value) && value >= least && value <= most
    ? value
    : refuse(name, `the ${what} must be from ${least} to ${most}.`)

interface Sizes {
  readonly length?: number | undefined
  readonly precision?: number | undefined
  readonly scale?: number | undefined
}

/** What stands in the parentheses. Sizes that a type does not have are not said: they are other databases' ways. */
const sizeText = (name: string, type: NativeType, { length, precision, scale }: Sizes): string | undefined => {
  const most = type.most ?? 65_535
  if (type.size === 'length')
    return length === undefined ? type.initial : String(checked(name, 'length', length, 1, most))
  if (type.size === 'fraction')
    return precision ? String(checked(name, 'precision', precision, 1, LARGEST_FRACTION)) : type.initial
  if (type.size !== 'decimal') return undefined
  if (precision === undefined) return scale ? refuse(name, "'scale' needs 'precision'.") : type.initial
  const digits = checked(name, 'precision', precision, 1, most)
  return scale === undefined ? `${digits}` : `${digits},${checked(name, 'scale', scale, 0, digits)}`
}

const LIKE_TYPE =
  /^([a-z][a-z0-9_ ]{0,40}?)\s*(?:\(\s*(\d{1,9})\s*(?:,\s*(\d{1,4})\s*)?\))?(?:\s+(unsigned|with(?:out)? time zone))?$/i

/** `VARCHAR(40)`, looked up. */
const nativeNamed = (name: string, text: string, natives: SqlDdl['natives']): string => {
  const [, base, first, second, suffix] = LIKE_TYPE.exec(text.trim()) ?? []
  const words = [base, suffix].flatMap((part) => part?.toLowerCase().replace(/\s+/g, ' ') ?? []).join(' ')
  const size: Size | undefined = base !== undefined && Object.hasOwn(natives, words) ? natives[words] : undefined
  if (size === undefined)
    return refuse(
      name,
      `the database type ${JSON.stringify(text.slice(0, 40))} is not one that can be asked for; use 'type'.`,
    )
  const number = first === undefined ? undefined : Number(first)
  const scale = second === undefined ? undefined : Number(second)
  const sized = sizeText(name, { name: words, size, most: 10_485_760 }, { length: number, precision: number, scale })
  return withSize(words, sized)
}

/** Behind the first word: `timestamp(3) with time zone`. */
const withSize = (name: string, size: string | undefined): string =>
  size === undefined ? name : name.replace(/^(.*?)( with(?:out)? time zone| unsigned|)$/, `$1(${size})$2`)

/** What decides on a column's type. */
type TypedColumn = Pick<ColumnDefinition, 'name' | 'type' | 'dbType' | 'length' | 'precision' | 'scale' | 'fixedLength'>

/** @throws GwError naming the field, where the database has no such type */
export const nativeType = (column: TypedColumn, ddl: SqlDdl, label: string): string => {
  const { name, type, dbType } = column
  if (dbType !== undefined) return nativeNamed(name, dbType, ddl.natives)
  const native = ddl.types[type]
  if (!native) throw new GwError('not_supported', `Field '${name}': ${label} has nothing for the type ${type}.`)
  const base = column.fixedLength ? (native.fixed ?? native.name) : native.name
  return withSize(base, sizeText(name, native, column))
}

const plain = (type: string): string =>
  type
    .trim()
    .toLowerCase()
    .replace(/\s*([(),])\s*/g, '$1')
    .replace(/\)(?=\w)/, ') ')
    // What MySQL shows of an integer, and calls its width, means nothing.
    .replace(/^((?:tiny|small|medium|big)?int)\((?!1\))\d+\)/, '$1')

/** Whether two types are one, however they are written. */
export const sameType = (one: string, other: string): boolean => plain(one) === plain(other)
