/** GitHub's published description of its API, as a judge of requests. */
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Ajv, type ValidateFunction } from 'ajv'
import formats from 'ajv-formats'
import type { Seen } from './emulator.ts'

const DATA =
  process.env.GW_API_DESCRIPTIONS ?? resolve(import.meta.dirname, '../../../../../shared/data/api-descriptions')
const FILE = resolve(DATA, 'github.openapi.json')

/** Why it is not there. */
export const MISSING = existsSync(FILE)
  ? undefined
  : 'the API descriptions are not beside this repository (../shared/data/api-descriptions/github.openapi.json)'

interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required?: boolean
  readonly schema: object
}

interface Operation {
  readonly operationId: string
  readonly parameters?: readonly (Parameter | { readonly $ref: string })[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> }
}

/** OpenAPI 3.0 says `nullable` where JSON Schema has a type; the references are the document's own. */
const asJsonSchema = (node: any): any => {
  if (Array.isArray(node)) return node.map(asJsonSchema)
  if (typeof node !== 'object' || node === null) return node
  const { nullable, example: _, discriminator: __, ...rest } = node
  const schema = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, asJsonSchema(value)]))
  return nullable === true ? { anyOf: [schema, { type: 'null' }] } : schema
}

export interface Verdict {
  /** `GET /repos/{owner}/{repo}`; absent where the description has no such operation. */
  readonly operation: string | undefined
  readonly faults: readonly string[]
}

const patternOf = (template: string): RegExp =>
  new RegExp(
    `^${template
      .split(/\{[^}]+\}/)
      .map((part) => part.replace(/[.*+?^$()|[\]\\]/g, '\\$&'))
      .join('([^/]*)')}$`,
  )

/** @returns what judges a request by the description: its path, its query and its body */
export const openDescription = (): ((seen: Seen) => Verdict) => {
  const document = JSON.parse(readFileSync(FILE, 'utf8'))
  const ajv = new Ajv({ strict: false, allErrors: true, coerceTypes: false })
  formats.default(ajv)
  ajv.addFormat('repo.nwo', true)
  ajv.addSchema({ $id: 'github', components: asJsonSchema(document.components) })
  const compiled = new Map<string, ValidateFunction>()
  const validatorOf = (key: string, schema: object): ValidateFunction => {
    const own = JSON.parse(JSON.stringify(asJsonSchema(schema)).replaceAll('"#/components/', '"github#/components/'))
    const known = compiled.get(key) ?? ajv.compile(own)
    compiled.set(key, known)
    return known
  }
  const paths = Object.keys(document.paths)
    .map((template) => ({ template, pattern: patternOf(template) }))
    .toSorted((a, b) => a.template.split('{').length - b.template.split('{').length)
  const parametersOf = ({ parameters = [] }: Operation): readonly Parameter[] =>
    parameters.map((each) => ('$ref' in each ? document.components.parameters[each.$ref.split('/').at(-1)!] : each))

  return ({ method, url, body }) => {
    const { pathname, searchParams } = new URL(url, 'http://host')
    const found = paths.find(
      ({ template, pattern }) => pattern.test(pathname) && document.paths[template][method.toLowerCase()],
    )
    if (!found) return { operation: undefined, faults: [] }
    const operation: Operation = document.paths[found.template][method.toLowerCase()]
    const name = `${method} ${found.template}`
    const faults: string[] = []
    const check = (what: string, schema: object, value: unknown) => {
      const validate = validatorOf(`${name} ${what}`, schema)
      if (!validate(value)) faults.push(`${what}: ${ajv.errorsText(validate.errors)}`)
    }
    const known = parametersOf(operation)
    for (const parameter of known.filter((each) => each.in === 'query')) {
      const value = searchParams.get(parameter.name)
      if (value === null && parameter.required) faults.push(`query ${parameter.name} is missing`)
      // As it is spelled, and as a number where it is one: a query has texts only.
      const typed = value !== null && (parameter.schema as { type?: string }).type === 'integer' ? Number(value) : value
      if (value !== null) check(`query ${parameter.name}`, parameter.schema, typed)
    }
    for (const given of searchParams.keys())
      if (!known.some((each) => each.in === 'query' && each.name === given)) faults.push(`query ${given} is unknown`)
    const schema = operation.requestBody?.content['application/json']?.schema
    if (schema) {
      const sent = body === '' ? undefined : JSON.parse(body)
      check('body', schema, sent)
      const described = Object.keys((schema as { properties?: object }).properties ?? {})
      for (const key of Object.keys(sent ?? {})) if (!described.includes(key)) faults.push(`body.${key} is unknown`)
    } else if (body !== '') faults.push('a body where none is described')
    return { operation: name, faults }
  }
}
