/** Checks on the endpoints: one object each, read for route, validation, access, events and documentation. */
import assert from 'node:assert/strict'
import { type Endpoint, METHODS, type Schema, STATUS } from '@gw/core'
import type { Check } from '../check.ts'
import { describeSchema, faceOf, patience, type ServiceContext } from './context.ts'

/** `{name}` in any segment, `{name*}` in the last one only. */
const PATH =
  /^\/(?:(?:[^{}/]|\{[A-Za-z_]\w*\})+(?:\/(?:[^{}/]|\{[A-Za-z_]\w*\})+)*(?:\/\{[A-Za-z_]\w*\*\})?|\{[A-Za-z_]\w*\*\})?\/?$/

const placeholders = (text: string): readonly string[] => [...text.matchAll(/\{(\w+)\*?\}/g)].map((match) => match[1]!)

/** The path without its placeholders' names: two endpoints with the same shape could not be told apart. */
const shapeOf = ({ method, path }: Endpoint): string => `${method} ${path.replace(/\{\w+(\*?)\}/g, '{$1}')}`

const twice = (names: readonly string[]): readonly string[] =>
  names.filter((name, index) => names.indexOf(name) !== index)

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && '~standard' in value

/** The checks on one list of endpoints; the same before and after `start`. */
const examine = (endpoints: readonly Endpoint[]): void => {
  assert.deepEqual(twice(endpoints.map(({ id }) => id)), [], 'ids that occur twice')
  assert.deepEqual(twice(endpoints.map(shapeOf)), [], 'method and path that occur twice')
  for (const endpoint of endpoints) {
    const { id, method, path, component, summary } = endpoint
    assert.match(id, /^[a-z][A-Za-z0-9]*$/, `the id '${id}' is not camelCase`)
    assert.ok(METHODS.includes(method), `${id}: unknown method ${method}`)
    assert.match(path, PATH, `${id}: '${path}' is not an OpenAPI path`)
    assert.ok(summary?.trim(), `${id} has no summary`)
    const known = placeholders(path)
    assert.deepEqual(twice(known), [], `${id}: placeholders that occur twice`)
    const unknown = placeholders(component ?? '').filter((name) => !known.includes(name))
    assert.deepEqual(unknown, [], `${id}: the component has placeholders that the path lacks`)
    for (const code of endpoint.errors ?? []) assert.ok(code in STATUS, `${id}: unknown error code ${code}`)
  }
}

const describeAll = (endpoint: Endpoint): void => {
  for (const part of ['params', 'query', 'body', 'response'] as const) {
    const schema = endpoint[part]
    if (!isSchema(schema)) continue
    try {
      JSON.stringify(describeSchema(schema, part === 'response' ? 'output' : 'input'))
    } catch (cause) {
      throw new Error(`${endpoint.id}: its ${part} schema does not describe itself as JSON Schema`, { cause })
    }
  }
  if (isSchema(endpoint.params)) {
    const described = Object.keys(describeSchema(endpoint.params).properties ?? {})
    const stray = described.filter((name) => !placeholders(endpoint.path).includes(name))
    assert.deepEqual(stray, [], `${endpoint.id}: params that the path has no placeholder for`)
  }
}

export const endpointChecks: readonly Check<ServiceContext>[] = [
  {
    name: 'endpoints can be read before start, for documentation without a source',
    async run(context) {
      const { service } = await context.create()
      examine(service.endpoints)
      service.endpoints.forEach(describeAll)
      assert.deepEqual(
        service.endpoints.map(({ id }) => id),
        service.endpoints.map(({ id }) => id),
      )
    },
  },
  {
    name: 'endpoints after start have unique ids and routes, a path, a component and a summary each',
    run: (context) =>
      context.running(({ service }) => {
        assert.ok(service.endpoints.length > 0, 'a running service without endpoints')
        examine(service.endpoints)
      }),
  },
  {
    name: 'the schemas of every endpoint describe themselves as JSON Schema',
    run: (context) =>
      context.running(({ service }) => {
        service.endpoints.forEach(describeAll)
        context.hear(service.endpoints.map(faceOf))
      }),
  },
  {
    name: 'an endpoint that is refined for a resource describes that resource',
    run: (context) =>
      context.running(async ({ service }) => {
        const resources = (await service.resources?.(patience())) ?? []
        for (const endpoint of service.endpoints)
          for (const resource of resources) {
            const refined = endpoint.refine?.(resource)
            for (const schema of [refined?.body, refined?.response])
              if (schema)
                assert.doesNotThrow(
                  () => JSON.stringify(describeSchema(schema)),
                  `${endpoint.id}, ${resource.component}`,
                )
          }
      }),
  },
]
