/** Holds answers against the OpenAPI document that the service gives out: what is documented is what is sent. */
import assert from 'node:assert/strict'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import type { Answer, Ask } from './harness.ts'

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, any>>>>
  readonly components?: Readonly<Record<string, any>>
}

/** Says whether an answer is what the document promises; throws an `AssertionError` where it is not. */
export type ReplyValidator = (ask: Ask, answer: Answer) => void

/** Literal paths before templates, and templates with the fewest placeholders first, as OpenAPI wants it. */
const candidates = (document: Document): readonly { readonly path: string; readonly pattern: RegExp }[] =>
  Object.keys(document.paths)
    .map((path) => ({
      path,
      pattern: new RegExp(
        `^${path
          .split(/\{[^}]+\}/)
          .map((part) => part.replace(/[.*+?^$()|[\]\\]/g, '\\$&'))
          .join('[^/]+')}/?$`,
      ),
    }))
    .toSorted((a, b) => a.path.split('{').length - b.path.split('{').length)

const resolve = (document: Document, part: any): any =>
  typeof part?.$ref === 'string'
    ? part.$ref
        .slice(2)
        .split('/')
        .reduce((node: any, name: string) => node?.[name.replaceAll('~1', '/').replaceAll('~0', '~')], document)
    : part

/**
 * Makes a validator for the answers of one service.
 * @param document the service's OpenAPI 3.1 document (`/{service}/_spec`)
 */
export const replyValidator = (document: Document): ReplyValidator => {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  formats.default(ajv)
  ajv.addSchema({ $id: 'document', ...document } as object)
  const paths = candidates(document)
  const compiled = new Map<string, ValidateFunction>()

  const schemaAt = (pointer: readonly string[]): ValidateFunction => {
    const reference = `document#/${pointer.map((name) => encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`
    const known = compiled.get(reference) ?? ajv.compile({ $ref: reference })
    compiled.set(reference, known)
    return known
  }

  return (ask, answer) => {
    const verb = (ask.headers?.['x-http-method'] ?? ask.method ?? 'GET').toLowerCase()
    const wanted = `/${ask.path}`
    const found = paths.find(({ path, pattern }) => pattern.test(wanted) && document.paths[path]?.[verb])
    assert.ok(found, `${verb} ${wanted} is answered, but not documented`)
    const responses = document.paths[found.path]![verb].responses
    const status = String(answer.status) in responses ? String(answer.status) : 'default'
    const response = resolve(document, responses[status])
    assert.ok(response, `${verb} ${found.path}: status ${answer.status} is not documented`)
    const media = Object.keys(response.content ?? {}).find((type) => /^application\/json/.test(type))
    if (!media) return
    const root: string[] = responses[status].$ref
      ? responses[status].$ref.slice(2).split('/')
      : ['paths', found.path, verb, 'responses', status]
    const validate = schemaAt([...root, 'content', media, 'schema'])
    if (!validate(answer.body))
      assert.fail(
        `${verb} ${found.path}: the answer is not what is documented: ${ajv.errorsText(validate.errors, { separator: '; ' }).slice(0, 800)}\n${answer.text.slice(0, 400)}`,
      )
  }
}
