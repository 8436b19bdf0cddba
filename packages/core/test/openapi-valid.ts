/** Two validators that know nothing of each other. */
import { validate } from '@scalar/openapi-parser'
import { Validator } from '@seriousme/openapi-schema-validator'

/** What either validator has against a document; empty where it is valid. Both also resolve every reference. */
export const problemsOf = async (document: object): Promise<unknown[]> => {
  // As a client gets it: without prototypes, shared objects or `undefined`.
  const text = JSON.stringify(document)
  const validator = new Validator()
  const first = await validator.validate(JSON.parse(text))
  if (first.valid) validator.resolveRefs()
  const second = await validate(text)
  return [...(first.valid ? [] : [first.errors]), ...(second.valid ? [] : (second.errors ?? ['invalid']))]
}

/** The references of a document that lead nowhere. */
export const danglingReferences = (document: object): string[] => {
  const found: string[] = []
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    if ('$ref' in value && typeof value.$ref === 'string') {
      const target = value.$ref
        .split('/')
        .slice(1)
        .reduce<any>((node, key) => node?.[key], document)
      if (target === undefined) found.push(value.$ref)
    }
    Object.values(value).forEach(walk)
  }
  walk(document)
  return found
}

/** The components of a document that nothing refers to. */
export const unusedComponents = (document: any): string[] => {
  const text = JSON.stringify(document)
  return ['schemas', 'parameters', 'responses'].flatMap((kind) =>
    Object.keys(document.components[kind] ?? {})
      .map((name) => `#/components/${kind}/${name}`)
      .filter((reference) => !text.includes(`"$ref":"${reference}"`)),
  )
}
