/** The gateway's own description of its API: OpenAPI documents, for the one who reads or as a role would find them. */
import { queryOptions, useQuery } from '@tanstack/react-query'
import { request } from './client.ts'
import type { JsonSchema } from './types.ts'

export interface Referring {
  readonly $ref: string
}
export interface Parameter {
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly description?: string
  readonly schema?: JsonSchema
}
export type Content = Readonly<Record<string, { readonly schema?: JsonSchema }>>
export interface Answer {
  readonly description?: string
  readonly headers?: Readonly<Record<string, { readonly description?: string }>>
  readonly content?: Content
}
interface Described {
  readonly operationId?: string
  readonly summary?: string
  readonly description?: string
  readonly deprecated?: boolean
  readonly tags?: readonly string[]
  readonly parameters?: readonly (Parameter | Referring)[]
  readonly requestBody?: { readonly required?: boolean; readonly content?: Content } | Referring
  readonly responses?: Readonly<Record<string, Answer | Referring>>
}
export interface ApiDocument {
  readonly info: { readonly title: string; readonly description?: string }
  readonly servers?: readonly { readonly url: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>
  readonly components?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/** One call: a path and a verb. */
export interface Operation extends Described {
  /** `GET /_table/{table_name}`: unique in its document. */
  readonly key: string
  /** In capital letters. */
  readonly method: string
  readonly path: string
  /** The heading that it stands under. */
  readonly group: string
  /** What searches look through, in small letters. */
  readonly words: string
}

const VERBS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'] as const

/** @param service the only service of the document, whose name is no heading then */
const operationsOf = ({ paths }: ApiDocument, service: string | undefined): readonly Operation[] => {
  const found = Object.entries(paths).flatMap(([path, item]) =>
    VERBS.flatMap((verb): Operation[] => {
      const described = item[verb]
      if (!described) return []
      const method = verb.toUpperCase()
      const group = described.tags?.find((tag) => tag !== service) ?? described.tags?.[0] ?? ''
      const words = [method, path, described.summary, described.operationId, group].join(' ').toLowerCase()
      return [{ ...described, key: `${method} ${path}`, method, path, group, words }]
    }),
  )
  // What belongs together stands together, in the order in which it first comes.
  return [...Map.groupBy(found, ({ group }) => group).values()].flat()
}

export interface DocumentFor {
  readonly service: string | undefined
  /** The id of the role that reads. */
  readonly role: string | undefined
  /** A path for each table, instead of a template for all of them. */
  readonly expand: boolean
}

export interface ReadDocument {
  readonly document: ApiDocument
  readonly operations: readonly Operation[]
}

export const documentOptions = ({ service, role, expand }: DocumentFor) =>
  queryOptions({
    queryKey: ['api_docs', service ?? null, role ?? null, expand],
    queryFn: async ({ signal }): Promise<ReadDocument> => {
      const path = service === undefined ? 'api_docs' : `api_docs/${encodeURIComponent(service)}`
      const query = { role, expand_schema: expand || undefined }
      const document = await request<ApiDocument>(path, { query, signal })
      return { document, operations: operationsOf(document, service) }
    },
    // Documents may be large: they are neither compared with the one before nor kept for long.
    structuralSharing: false,
    staleTime: 60_000,
    gcTime: 60_000,
  })
export const useDocument = (wanted: DocumentFor) => useQuery(documentOptions(wanted))

/** What a `$ref` of the document leads to; anything else is itself. */
export const resolved = <Value extends object>(document: ApiDocument, value: Value | Referring): Value => {
  let found: unknown = value
  // A chain of references is short; one that leads back to itself ends here.
  for (let steps = 0; steps < 8 && isReferring(found); steps++)
    found = found.$ref
      .replace(/^#\//, '')
      .split('/')
      .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[unescaped(name)], document)
  return (isReferring(found) || typeof found !== 'object' || found === null ? {} : found) as Value
}

const isReferring = (value: unknown): value is Referring =>
  typeof (value as Referring | null | undefined)?.$ref === 'string'
const unescaped = (name: string): string => name.replaceAll('~1', '/').replaceAll('~0', '~')
