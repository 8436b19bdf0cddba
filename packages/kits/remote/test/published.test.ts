/** Published documents become endpoints without a change by hand. */
import { METHODS, type Schema } from '@gw/core'
import { describe, expect, test } from 'vitest'
import { type ApiDocument, endpointsOf, openDocument, operationsOf, resourcesOf } from '../src/index.ts'
import { PUBLISHED, textOf } from './documents.ts'

const PATH = /^\/(?:[^{}/]+|\{[A-Za-z_]\w*\*?\})(?:\/(?:[^{}/]+|\{[A-Za-z_]\w*\*?\}))*$/

const countOf = ({ root }: ApiDocument): number =>
  Object.values(root.paths as Record<string, Record<string, unknown>>).flatMap((item) =>
    METHODS.filter((method) => item[method.toLowerCase()] !== undefined),
  ).length

for (const published of PUBLISHED) {
  const { name, missing, version, server, operations: count } = published
  describe.skipIf(missing)(`${name}${missing ? ` (skipped: ${missing})` : ''}`, () => {
    const open = () => {
      const document = openDocument(textOf(published))
      const { operations, omitted } = operationsOf(document)
      const endpoints = endpointsOf(operations, { document, given: () => false, handle: async () => undefined })
      return { document, operations, omitted, endpoints }
    }

    test('every operation is an endpoint, with a path, an id and a summary of its own', () => {
      const { document, endpoints, omitted } = open()
      expect([document.version, document.server]).toEqual([version, server])
      expect([endpoints.length, omitted]).toEqual([count, []])
      expect(endpoints.length).toBe(countOf(document))
      expect(new Set(endpoints.map(({ id }) => id)).size).toBe(count)
      expect(new Set(endpoints.map(({ method, path }) => `${method} ${path.replace(/\{\w+/g, '{')}`)).size).toBe(count)
      for (const { id, path, summary } of endpoints) {
        expect(id).toMatch(/^[a-z][A-Za-z0-9]*$/)
        expect(path).toMatch(PATH)
        expect(summary.trim()).not.toBe('')
      }
    })

    test('what it says of parameters, bodies and answers stands by itself, and can be checked', () => {
      const { endpoints, operations } = open()
      let schemas = 0
      for (const { params, query, body, response } of endpoints)
        for (const schema of [params, query, body?.holds, response?.holds] as (Schema | undefined)[]) {
          if (!schema) continue
          schemas += 1
          const described = JSON.stringify(schema['~standard'].jsonSchema.input({ target: 'draft-2020-12' }))
          for (const [, reference] of described.matchAll(/"\$ref":"([^"]+)"/g)) {
            expect(reference).toMatch(/^#\/\$defs\//)
            expect(described).toContain(`"${reference!.slice('#/$defs/'.length)}":`)
          }
          expect(() => schema['~standard'].validate({})).not.toThrow()
        }
      expect(schemas).toBeGreaterThan(count / 2)
      expect(resourcesOf(operations).every(({ component }) => !/[{}]|^\/|\/$/.test(component))).toBe(true)
    })

    test('nothing of it is worked out before it is needed', () => {
      const { operations, document } = open()
      let looked = 0
      // Every schema of the document answers, and counts that it was looked at.
      const watched = new Proxy(document.root, {
        get(target, key) {
          if (key === 'components' || key === 'definitions') looked += 1
          return Reflect.get(target, key)
        },
        getOwnPropertyDescriptor: (target, key) => Reflect.getOwnPropertyDescriptor(target, key),
      })
      const endpoints = endpointsOf(operations, {
        document: { ...document, root: watched },
        given: () => false,
        handle: async () => undefined,
      })
      const before = looked
      for (const { response } of endpoints)
        (response as { holds?: Schema })?.holds?.['~standard'].jsonSchema.output({ target: 'draft-2020-12' })
      expect(before).toBeLessThan(looked)
    })
  })
}
