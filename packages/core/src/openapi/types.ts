/** What goes into an OpenAPI document and what comes out. */
import type { Endpoint, Method, Reader, Resource } from '../contract.ts'
import type { SECURITY_SCHEMES } from './standard-parts.ts'

/** A JSON Schema (draft 2020-12) that is not `true` or `false`. */
export type JsonSchema = { [keyword: string]: unknown }

export type OpenApiVersion = '3.1' | '3.0'

/** One service as its document describes it. */
export interface DocumentService {
  readonly name: string
  readonly label: string
  readonly description: string
  /** The group of its type: `Database`, `File`, … */
  readonly group: string
  readonly endpoints: readonly Endpoint[]
  /** What a role can be granted; expansion makes one path for each. */
  readonly resources: readonly Resource[]
}

export interface DocumentInput {
  /** The title of a document of all services. Default: `gw`. */
  readonly title?: string | undefined
  /** Where the services live: `/api/v2`. */
  readonly serverUrl: string
  readonly services: readonly DocumentService[]
  /** One service with paths of its own, or all of them with paths below `/{service}`. */
  readonly single: boolean
  /** Copies `/_table/{table_name}` for every table; `refined` copies what differs from table to table only. */
  readonly expand: boolean | 'refined'
  readonly version: OpenApiVersion
  /**
   * Whether the reader may use an operation. Asked with the access component and, where that is another text, with
   * the path; placeholders that are still open stand in it (`_table/customers/{id}`) and mean "on any". Absent: all.
   */
  readonly allowed?: ((service: string, component: string, method: Method) => boolean) | undefined
  /** Who reads: what is hidden from them is not described either. Absent: everything is shown. */
  readonly reader?: ((service: string) => Pick<Reader, 'access'>) | undefined
  /** Which paths to keep. Absent: all. */
  readonly wanted?: ((path: string) => boolean) | undefined
  /** The ways to sign in that are offered, by name. Default: all. */
  readonly schemes?: readonly SchemeName[] | undefined
  /** Adds an example of each request and each answer (the wire contract's platform part, §8.4). */
  readonly examples?: boolean | undefined
  /** Further members of the document. */
  readonly extensions?: Readonly<Record<`x-${string}`, unknown>> | undefined
}

export type SchemeName = keyof typeof SECURITY_SCHEMES

export interface Reference {
  readonly $ref: string
}
export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header' | 'cookie'
  readonly required?: boolean
  readonly deprecated?: boolean
  readonly description?: string
  readonly schema: JsonSchema
}
export type Content = Readonly<Record<string, { readonly schema?: JsonSchema }>>
export interface RequestBody {
  readonly required: boolean
  readonly content: Content
}
export interface ResponseObject {
  readonly description: string
  readonly headers?: Readonly<Record<string, { readonly description: string; readonly schema: JsonSchema }>>
  readonly content?: Content
}
export interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly description?: string
  readonly tags: readonly string[]
  parameters?: readonly (Parameter | Reference)[]
  readonly requestBody?: RequestBody
  readonly responses: Readonly<Record<string, ResponseObject | Reference>>
  'x-dreamfactory-example-request'?: unknown
  'x-dreamfactory-example-response'?: unknown
}
export type PathItem = { [method: string]: Operation }

/** An OpenAPI document. Typed as 3.1; one of version 3.0 has the same outline. */
export interface OpenApiDocument {
  readonly openapi: string
  readonly info: { readonly title: string; readonly description: string; readonly version: string; 'x-group'?: string }
  readonly servers: readonly { readonly url: string; readonly description: string }[]
  readonly security: readonly Readonly<Record<string, readonly string[]>>[]
  readonly tags: readonly { readonly name: string; readonly description: string }[]
  readonly paths: Readonly<Record<string, PathItem>>
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>
    readonly parameters: Readonly<Record<string, Parameter>>
    readonly responses: Readonly<Record<string, ResponseObject>>
    readonly securitySchemes: Readonly<Record<string, object>>
  }
  /** Set where the names of tables were asked for and none are known. */
  readonly 'x-warning'?: string
  readonly [extension: `x-${string}`]: unknown
}
