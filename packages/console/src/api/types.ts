/** Records of the system API, as far as the console reads them. */

export type Id = number | string

export interface Audited {
  readonly created_date?: string | null
  readonly last_modified_date?: string | null
  readonly created_by_id?: number | null
  readonly last_modified_by_id?: number | null
}

export interface Service extends Audited {
  readonly id: number
  readonly name: string
  readonly label: string | null
  readonly description: string | null
  readonly is_active: boolean
  readonly type: string
  /** `false`: defined in the gateway's configuration file, and changed there. */
  readonly mutable: boolean
  readonly deletable: boolean
  readonly config: Readonly<Record<string, unknown>> | null
}

/** JSON Schema, as far as forms are drawn from it. */
export interface JsonSchema {
  readonly type?: string | readonly string[]
  readonly title?: string
  readonly description?: string
  readonly default?: unknown
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly examples?: readonly unknown[]
  readonly format?: string
  /** Of a string that is a script or a document: `text/javascript`. */
  readonly contentMediaType?: string
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly writeOnly?: boolean
  readonly readOnly?: boolean
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | JsonSchema
  readonly items?: JsonSchema
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
  readonly allOf?: readonly JsonSchema[]
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, JsonSchema>>
  /** The form's group that a property belongs to. */
  readonly 'x-group'?: string
  /** Names for the values of `enum`, in their order. */
  readonly 'x-enum-labels'?: readonly string[]
  /** Shown only while another property of the same object has one of these values. */
  readonly 'x-show-if'?: Readonly<Record<string, unknown>>
}

/** A setting of a service type, in the wire contract's own form. */
export interface FieldDescriptor {
  readonly name: string
  readonly label: string
  readonly description: string
  readonly type: string
  readonly required: boolean
  readonly allow_null: boolean
  readonly default: unknown
  readonly values?: readonly { readonly label: string; readonly name: unknown }[]
  readonly items?: readonly FieldDescriptor[] | 'string'
  readonly object?: { readonly value?: { readonly type?: string } }
}

export interface ServiceType {
  readonly name: string
  readonly label: string
  readonly description: string
  readonly group: string
  readonly singleton: boolean
  readonly config_schema: readonly FieldDescriptor[]
  /** The same settings as their JSON Schema, which tells nested ones, too. */
  readonly config_json_schema?: JsonSchema
}

export type HealthState = 'serving' | 'starting' | 'down'

export interface ServiceHealth {
  readonly name: string
  readonly state: HealthState
  readonly reason?: string
  readonly since: string
}

export interface TestProblem {
  readonly field?: string
  readonly message: string
}
export type TestResult =
  | { readonly ok: true; readonly latency_ms: number }
  | { readonly ok: false; readonly problems: readonly TestProblem[] }

export interface Session {
  readonly id: number
  readonly name: string
  readonly email: string
  readonly is_sys_admin: boolean
  readonly is_root_admin: boolean
  readonly role?: string
}

export interface Environment {
  /** Whether the gateway waits for its first administrator. */
  readonly setup?: { readonly open: boolean }
  readonly authentication: {
    readonly login_attribute: 'email' | 'username'
    readonly allow_open_registration: boolean
    readonly allow_forever_sessions: boolean
    readonly oauth: readonly { readonly name: string; readonly label: string; readonly path: string }[]
  }
  readonly platform?: { readonly version: string }
  readonly server?: {
    readonly server_os: string
    readonly version: string
    readonly host: string
    readonly machine: string
  }
}
