/** An option table in Markdown, from the JSON Schema that also validates the options. */

export interface OptionSchema {
  readonly type?: string | readonly string[]
  readonly title?: string
  readonly description?: string
  readonly default?: unknown
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly OptionSchema[]
  readonly oneOf?: readonly OptionSchema[]
  readonly allOf?: readonly OptionSchema[]
  readonly not?: object
  readonly items?: OptionSchema
  readonly properties?: Readonly<Record<string, OptionSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | OptionSchema
  readonly minimum?: number
  readonly exclusiveMinimum?: number
  readonly maximum?: number
  readonly writeOnly?: boolean
}

interface Option {
  readonly name: string
  readonly schema: OptionSchema
  readonly required: boolean
}

/** One row an option; nested ones by their path (`server.port`, `apps.{name}.role`, `cors[].origins`). */
export const optionTable = (schema: OptionSchema): string => {
  const rows = optionsOf(schema, '').map(({ name, schema: option, required }) =>
    [`\`${name}\``, typeOf(option), standardOf(option, required), describe(option)].map(cell).join(' | '),
  )
  return ['| Option | Type | Default | |', '|---|---|---|---|', ...rows.map((row) => `| ${row} |`)].join('\n')
}

const optionsOf = (schema: OptionSchema, path: string): readonly Option[] => {
  const required = new Set(schema.required ?? [])
  const named = Object.entries(schema.properties ?? {}).flatMap(([key, option]) =>
    optionOf(path ? `${path}.${key}` : key, option, required.has(key)),
  )
  const rest = schema.additionalProperties
  return typeof rest === 'object' && Object.keys(rest).length > 0
    ? [...named, ...nested(`${path}.{name}`, rest)]
    : named
}

/** An option that only holds others is not a row of its own; one that may also be a word is. */
const optionOf = (name: string, schema: OptionSchema, required: boolean): readonly Option[] => {
  if (name === '$schema') return []
  const inner = nested(name, schema)
  const isWord = branchesOf(schema).some((branch) => branch.const !== undefined)
  return inner.length > 0 && !isWord ? inner : [{ name, schema, required }, ...inner]
}

const nested = (name: string, schema: OptionSchema): readonly Option[] => {
  const branch = branchesOf(schema).find((each) => each.properties ?? each.items?.properties)
  const objects = [schema, ...(branch ? [branch] : [])]
  return objects.flatMap((each) => [
    ...(each.properties || typeof each.additionalProperties === 'object' ? optionsOf(each, name) : []),
    ...(each.items?.properties ? optionsOf(each.items, `${name}[]`) : []),
  ])
}

const branchesOf = (schema: OptionSchema): readonly OptionSchema[] =>
  [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].filter((branch) => !branch.not)

const typeOf = (schema: OptionSchema): string => {
  const branches = branchesOf(schema)
  if (branches.length > 0) return [...new Set(branches.map(typeOf))].filter(Boolean).join(' or ')
  if (schema.const !== undefined) return code(schema.const)
  if (schema.enum) return schema.enum.map(code).join(', ')
  if (schema.type === 'array') return schema.items && typeOf(schema.items) ? `list of ${typeOf(schema.items)}` : 'list'
  const range = schema.type === 'integer' || schema.type === 'number' ? rangeOf(schema) : ''
  const [name = ''] = [schema.type ?? ''].flat()
  return `${TYPES[name] ?? name}${range}`
}
const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'integer',
  boolean: 'true or false',
  object: 'object',
}

/** Bounds of a whole number that are the machine's, not the option's, say nothing. */
const rangeOf = ({ type, exclusiveMinimum, minimum = next(type, exclusiveMinimum), maximum }: OptionSchema): string => {
  const low = minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER ? minimum : undefined
  const high = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? maximum : undefined
  if (low !== undefined && high !== undefined) return `, ${low}–${high}`
  return low !== undefined ? `, at least ${low}` : high !== undefined ? `, at most ${high}` : ''
}

const next = (type: OptionSchema['type'], bound: number | undefined): number | undefined =>
  type === 'integer' && bound !== undefined ? bound + 1 : undefined

const standardOf = (schema: OptionSchema, required: boolean): string =>
  required ? '**required**' : schema.default === undefined || schema.default === '' ? '–' : code(schema.default)

const describe = ({ title, description, writeOnly }: OptionSchema): string =>
  `${description ?? title ?? ''}${writeOnly ? ' *Secret.*' : ''}`

const code = (value: unknown): string => `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``
const cell = (text: string): string => text.replace(/\|/g, '\\|').replace(/\s+/g, ' ')
