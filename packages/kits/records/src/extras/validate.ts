/** The rules of a field on what a client sends (the wire contract §9.3, without the defects it lists). */
import { GwError } from '@gw/core'
import { RE2JS } from 're2js'
import type { Field } from '../catalog.ts'

type Options = Readonly<Record<string, unknown>>
export type Purpose = 'create' | 'update'

/** Left out of the record. */
export const DROPPED = Symbol('dropped')

interface Rule {
  /** Whether it is asked for null, too. */
  readonly null?: true
  /** What is wrong, as the end of a sentence; `undefined` where nothing is. */
  check(value: unknown, options: Options, field: Field, purpose: Purpose): string | undefined
}

const text = (value: unknown): string => (typeof value === 'string' ? value.trim() : String(value))
const isNumber = (value: unknown): boolean =>
  (typeof value === 'number' && Number.isFinite(value)) ||
  (typeof value === 'string' && /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?$/i.test(value.trim()))
const BOOLEAN = /^(?:true|false|1|0|yes|no|on|off|y|n|t|f)$/i
// One @, a name before it and a host with a dot after it: more is for the mail server to know.
const EMAIL = /^[^\s@"(),:;<>[\]\\]{1,64}@[^\s@.]{1,63}(?:\.[^\s@.]{1,63})+$/

const inRange = (value: unknown, range: unknown): boolean => {
  const number = Number(value)
  const { min, max } = (range ?? {}) as { min?: unknown; max?: unknown }
  return (min === undefined || number >= Number(min)) && (max === undefined || number <= Number(max))
}

const patterns = new Map<string, RE2JS>()
/** `base64('/…/i')`, compiled by an engine that takes no longer than the text is. */
export const patternOf = (encoded: string): RE2JS => {
  const known = patterns.get(encoded)
  if (known) return known
  const delimited = Buffer.from(encoded, 'base64').toString('utf8')
  const [, , body = delimited, flags = ''] = /^([/#~!%@])(.*)\1([a-z]*)$/s.exec(delimited) ?? []
  const bits =
    (flags.includes('i') ? RE2JS.CASE_INSENSITIVE : 0) |
    (flags.includes('s') ? RE2JS.DOTALL : 0) |
    (flags.includes('m') ? RE2JS.MULTILINE : 0)
  const pattern = RE2JS.compile(body, bits)
  if (patterns.size < 1_000) patterns.set(encoded, pattern)
  return pattern
}

const choicesIn = (value: unknown, delimiter: unknown): readonly string[] =>
  Array.isArray(value)
    ? value.map(String)
    : text(value).split(typeof delimiter === 'string' && delimiter !== '' ? delimiter : ',')

const isWrongChoice = (values: readonly string[], { choices, picklist = choices }: Field): boolean =>
  !picklist || values.some((value) => !picklist.includes(value.trim()))

/** By the wire contract's names. */
const RULES: Readonly<Record<string, Rule>> = {
  create_only: {
    null: true,
    check: (_value, _options, _field, purpose) =>
      purpose === 'update' ? 'can only be set during record creation.' : undefined,
  },
  not_null: { null: true, check: (value) => (value === null ? 'value can not be null.' : undefined) },
  not_empty: {
    null: true,
    check: (value) =>
      value === null || text(value) === '' || (Array.isArray(value) && value.length === 0)
        ? 'value can not be empty.'
        : undefined,
  },
  not_zero: { check: (value) => (isNumber(value) && Number(value) === 0 ? 'value can not be empty.' : undefined) },
  email: { check: (value) => (EMAIL.test(text(value)) ? undefined : 'value must be a valid email address.') },
  url: {
    check(value, { sections }) {
      const wrong = 'value must be a valid URL.'
      if (!URL.canParse(text(value))) return wrong
      const { protocol, pathname, search } = new URL(text(value))
      const wanted = [sections ?? []].flat().map(String)
      const lacks = (wanted.includes('path') && pathname.length < 2) || (wanted.includes('query') && search === '')
      return lacks || !/^(?:https?|ftp|wss?):$/.test(protocol) ? wrong : undefined
    },
  },
  int: {
    check: (value, { range }) =>
      isNumber(value) && Number.isInteger(Number(value)) && inRange(value, range)
        ? undefined
        : 'value is not in the valid range.',
  },
  float: { check: (value) => (isNumber(value) ? undefined : 'value is not an acceptable float value.') },
  boolean: {
    check: (value) =>
      typeof value === 'boolean' || BOOLEAN.test(text(value)) ? undefined : 'value is not an acceptable boolean value.',
  },
  match: {
    check: (value, { regexp }) =>
      typeof regexp === 'string' && patternOf(regexp).matcher(String(value)).find() ? undefined : 'value is invalid.',
  },
  picklist: {
    check: (value, _options, field) => (isWrongChoice([text(value)], field) ? 'value is invalid.' : undefined),
  },
  multi_picklist: {
    check(value, { delimiter, min = 1, max }, field) {
      const chosen = choicesIn(value, delimiter)
      if (chosen.length < Number(min)) return 'value does not contain enough selections.'
      if (max !== undefined && chosen.length > Number(max)) return 'value contains too many selections.'
      return isWrongChoice(chosen, field) ? 'value is invalid.' : undefined
    },
  },
}
/** `api_read_only` lets nothing through to be checked. */
export const RULE_NAMES: readonly string[] = ['api_read_only', ...Object.keys(RULES)]

/**
 * Holds a value against its field's rules.
 * @returns the value, or `DROPPED` where a rule says that what does not fit is left out
 * @throws GwError `invalid_request` with the rule's own message, or the wire contract's
 */
export const validated = (field: Field, value: unknown, purpose: Purpose): unknown => {
  const { validation } = field
  if (!validation) return value
  if (validation.api_read_only) return DROPPED
  for (const [name, options] of Object.entries(validation)) {
    const rule = RULES[name]
    if (!rule || ((value === null || value === undefined) && !rule.null)) continue
    const wrong = rule.check(value ?? null, options, field, purpose)
    if (wrong === undefined) continue
    const { on_fail: told } = options
    if (told === 'ignore_field') return DROPPED
    const said = typeof told === 'string' && told !== '' ? told : `Field '${field.name}' ${wrong}`
    throw new GwError('invalid_request', said)
  }
  return value
}
