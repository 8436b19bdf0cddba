/** `system/custom`: values of any kind by name (platform.md §3.22). One by itself is the value, bare. */
import type { Call, Endpoint, Reply } from '@gw/core'
import { callWith } from '@gw/records'
import type { SystemResource } from './resource.ts'

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Values are kept as JSON, texts too: what was a text stays one, whatever it looks like. */
const asJson = (record: unknown): unknown =>
  isObject(record) && Object.hasOwn(record, 'value')
    ? { ...record, value: JSON.stringify(record.value ?? null) }
    : record

const written = (body: unknown): unknown => {
  if (Array.isArray(body)) return body.map(asJson)
  if (!isObject(body)) return body
  const { resource } = body
  if (resource === undefined) return asJson(body)
  return { ...body, resource: Array.isArray(resource) ? resource.map(asJson) : asJson(resource) }
}

const withValues = (endpoint: Endpoint): Endpoint => {
  if (endpoint.method === 'GET') {
    if (!endpoint.path.endsWith('/{id}')) return endpoint
    return {
      ...endpoint,
      response: undefined,
      refine: () => undefined,
      async handle(call: Call): Promise<Reply> {
        const record = (await endpoint.handle(callWith(call, { query: {} }))) as { readonly value?: unknown }
        // Said as JSON, since a bare list would be wrapped and a bare text would be one.
        return new Response(JSON.stringify(record.value ?? null), {
          headers: { 'content-type': 'application/json; charset=utf-8' },
        })
      },
    }
  }
  if (endpoint.method === 'DELETE') return endpoint
  return { ...endpoint, handle: (call: Call) => endpoint.handle(callWith(call, { body: written(call.body) })) }
}

export const custom: SystemResource = {
  name: 'custom',
  label: 'Custom values',
  description: 'Values of any kind, by name.',
  endpoints: ({ collection }) =>
    collection({
      path: '/custom',
      table: 'system_custom',
      names: ['CustomValue', 'CustomValues'],
      tag: 'Custom values',
    }).map(withValues),
}
