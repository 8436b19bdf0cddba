/**
 * What a configuration document holds: a section for each kind of record, by names instead of numbers. Sections stand
 * in the order in which they can be read in: what is referred to goes first.
 */
import type { Values } from '../rules/rules.ts'

/** A column that refers to another record, which the document says by its name. */
export interface Named {
  readonly as: string
  readonly table: 'service' | 'role' | 'app' | 'user'
}

/** Rows that belong to one record, and are told within it. */
export interface Child {
  readonly as: string
  readonly table: string
  /** The column that says whose they are. */
  readonly parent: string
  readonly fields: readonly string[]
  readonly names?: Readonly<Record<string, Named>>
  /** The columns by which two rows are the same one. */
  readonly same: readonly string[]
  /** An object instead of a list: there is at most one. */
  readonly single?: true
}

export interface Section {
  readonly name: string
  readonly table: string
  /** The column that a record is known by. */
  readonly key: string
  readonly fields: readonly string[]
  readonly names?: Readonly<Record<string, Named>>
  readonly children?: readonly Child[]
  /** Of a table that others share. */
  readonly only?: (row: Values) => boolean
}

/** The column by which records are named that others refer to. */
export const NAME_OF: Readonly<Record<Named['table'], string>> = {
  service: 'name',
  role: 'name',
  app: 'name',
  user: 'email',
}

const lookups = (parent: string): Child => ({
  as: 'lookups',
  table: 'lookup',
  parent,
  fields: ['name', 'value', 'private', 'description'],
  same: ['name'],
})

const ACCESS: Child = {
  as: 'service_access',
  table: 'role_service_access',
  parent: 'role_id',
  names: { service_id: { as: 'service', table: 'service' } },
  fields: ['component', 'verb_mask', 'requestor_mask', 'filters', 'filter_op', 'deny_fields'],
  same: ['service_id', 'component', 'requestor_mask'],
}

const ASSIGNMENTS: Child = {
  as: 'roles',
  table: 'user_to_app_to_role',
  parent: 'user_id',
  names: { app_id: { as: 'app', table: 'app' }, role_id: { as: 'role', table: 'role' } },
  fields: [],
  same: ['app_id'],
}

const APP_FIELDS = [
  'api_key',
  'description',
  'is_active',
  'type',
  'path',
  'url',
  'storage_container',
  'requires_fullscreen',
  'allow_fullscreen_toggle',
  'toggle_location',
]

const PERSON_FIELDS = ['name', 'username', 'first_name', 'last_name', 'is_active', 'phone', 'security_question']

const people = (name: string, table: 'admin' | 'user'): Section => ({
  name,
  table,
  key: 'email',
  // Hashes, where they are asked for.
  fields: [...PERSON_FIELDS, 'password', 'security_answer'],
  names: { default_app_id: { as: 'default_app', table: 'app' } },
  children: [
    ASSIGNMENTS,
    lookups('user_id'),
    { as: 'custom', table: 'user_custom', parent: 'user_id', fields: ['name', 'value'], same: ['name'] },
  ],
  only: ({ is_sys_admin }) => (is_sys_admin === true) === (table === 'admin'),
})

const TEMPLATE_FIELDS = [
  'description',
  'to',
  'cc',
  'bcc',
  'subject',
  'attachment',
  'body_text',
  'body_html',
  'from_name',
  'from_email',
  'reply_to_name',
  'reply_to_email',
  'defaults',
]

const SCRIPT_FIELDS = [
  'type',
  'content',
  'config',
  'storage_path',
  'scm_repository',
  'scm_reference',
  'is_active',
  'allow_event_modification',
]

export const SECTIONS: readonly Section[] = [
  {
    name: 'services',
    table: 'service',
    key: 'name',
    fields: ['label', 'description', 'type', 'is_active', 'isolation', 'config'],
    children: [
      {
        as: 'doc',
        table: 'service_doc',
        parent: 'service_id',
        fields: ['format', 'content'],
        same: ['service_id'],
        single: true,
      },
    ],
    // Those of gw.config are exported by keeping that file; the documentation is the core's own.
    only: ({ managed_by, type }) => !managed_by && type !== 'swagger',
  },
  {
    name: 'roles',
    table: 'role',
    key: 'name',
    fields: ['description', 'is_active'],
    children: [ACCESS, lookups('role_id')],
  },
  {
    name: 'apps',
    table: 'app',
    key: 'name',
    fields: APP_FIELDS,
    names: {
      role_id: { as: 'role', table: 'role' },
      storage_service_id: { as: 'storage_service', table: 'service' },
    },
    children: [lookups('app_id')],
  },
  people('admins', 'admin'),
  people('users', 'user'),
  {
    name: 'lookups',
    table: 'lookup',
    key: 'name',
    fields: ['value', 'private', 'description'],
    only: ({ scope }) => scope === 'global',
  },
  {
    name: 'cors',
    table: 'cors',
    key: 'path',
    fields: [
      'description',
      'origin',
      'header',
      'exposed_header',
      'method',
      'max_age',
      'supports_credentials',
      'enabled',
    ],
  },
  { name: 'email_templates', table: 'email_template', key: 'name', fields: TEMPLATE_FIELDS },
  {
    name: 'limits',
    table: 'limit',
    key: 'name',
    fields: ['description', 'type', 'rate', 'period', 'endpoint', 'verb', 'is_active'],
    names: {
      user_id: { as: 'user', table: 'user' },
      role_id: { as: 'role', table: 'role' },
      service_id: { as: 'service', table: 'service' },
    },
  },
  {
    name: 'event_scripts',
    table: 'event_script',
    key: 'name',
    fields: SCRIPT_FIELDS,
    names: { storage_service_id: { as: 'storage_service', table: 'service' } },
  },
  { name: 'custom', table: 'system_custom', key: 'name', fields: ['value'] },
]
