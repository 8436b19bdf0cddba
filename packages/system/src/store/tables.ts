/**
 * Every table of the store: the catalogue that the API is served from and the migrations that make the tables are
 * both read from here. A table that a release has made is never changed here alone: a new column says `since` which
 * migration it comes with.
 */
import {
  audited,
  boolean,
  dated,
  datetime,
  id,
  integer,
  json,
  optional,
  owned,
  referring,
  type StoreTable,
  storeTable,
  string,
  text,
} from './columns.ts'
import { SESSION_TABLES } from './session-tables.ts'

/** Numbers that grow with every write, one for each group of tables: what nodes compare to see that they are behind. */
export const revision = storeTable(
  'revision',
  { name: string(40, { exact: true }), value: integer({ default: 0 }) },
  { primaryKey: ['name'] },
)

const service = storeTable(
  'service',
  {
    id,
    name: string(40, { unique: true }),
    label: optional(80),
    description: optional(255),
    is_active: boolean(false),
    type: string(64),
    mutable: boolean(true, { computed: true }),
    deletable: boolean(true, { computed: true }),
    config: json(),
    /** Where its definition stands instead of here: `gw.config`. */
    managed_by: optional(32, { computed: true, concealed: true }),
    /** Whether its connector runs in a process of its own: as `isolation` in `gw.config`. */
    isolation: json({ since: '0004-isolation' }),
    ...audited,
  },
  {
    related: [
      'service_doc_by_service_id',
      'role_service_access_by_service_id',
      'app_by_storage_service_id',
      'role_by_role_service_access',
      'user_by_created_by_id',
      'user_by_last_modified_by_id',
    ],
  },
)
const serviceDoc = storeTable(
  'service_doc',
  { service_id: owned('service'), format: integer({ default: 0 }), content: text(), ...dated },
  { primaryKey: ['service_id'] },
)

const role = storeTable(
  'role',
  { id, name: string(64, { unique: true }), description: optional(255), is_active: boolean(false), ...audited },
  {
    related: [
      'role_service_access_by_role_id',
      'lookup_by_role_id',
      'user_to_app_to_role_by_role_id',
      'app_by_role_id',
      'service_by_role_service_access',
      'user_by_user_to_app_to_role',
      'app_by_user_to_app_to_role',
    ],
  },
)
const roleServiceAccess = storeTable('role_service_access', {
  id,
  role_id: owned('role'),
  service_id: owned('service', { nullable: true }),
  component: optional(255),
  verb_mask: integer({ default: 0 }),
  requestor_mask: integer({ default: 1 }),
  filters: json(),
  filter_op: string(8, { default: 'and' }),
  deny_fields: json(),
  ...audited,
})

const app = storeTable(
  'app',
  {
    id,
    name: string(64, { unique: true }),
    api_key: text(),
    /** SHA-256 of the key: what it is found by. */
    api_key_digest: optional(64, { unique: true, exact: true, computed: true, concealed: true }),
    description: optional(255),
    is_active: boolean(false),
    type: integer({ default: 0 }),
    path: optional(255),
    url: text(),
    storage_service_id: referring('service'),
    storage_container: optional(255),
    requires_fullscreen: boolean(false),
    allow_fullscreen_toggle: boolean(true),
    toggle_location: string(64, { default: 'top' }),
    role_id: referring('role'),
    launch_url: text({ computed: true }),
    ...audited,
  },
  {
    related: [
      'role_by_role_id',
      'service_by_storage_service_id',
      'user_to_app_to_role_by_app_id',
      'lookup_by_app_id',
      'user_by_default_app_id',
    ],
  },
)

const user = storeTable(
  'user',
  {
    id,
    name: string(255),
    username: optional(255, { unique: true }),
    ldap_username: optional(255),
    first_name: optional(255),
    last_name: optional(255),
    last_login_date: datetime({ computed: true }),
    email: string(255, { unique: true }),
    is_active: boolean(true),
    phone: optional(32),
    security_question: optional(255),
    default_app_id: referring('app'),
    oauth_provider: optional(64, { computed: true }),
    adldap: optional(64, { computed: true }),
    saml: optional(64, { computed: true }),
    confirmed: boolean(true, { computed: true }),
    expired: boolean(false, { computed: true }),
    password: optional(255, { concealed: true }),
    security_answer: optional(255, { concealed: true }),
    confirm_code: optional(255, { computed: true, concealed: true }),
    confirm_code_date: datetime({ computed: true, concealed: true }),
    remember_token: optional(255, { computed: true, concealed: true }),
    is_sys_admin: boolean(false, { computed: true, concealed: true }),
    /** Sessions of an earlier number are over. */
    session_epoch: integer({ default: 0, computed: true, concealed: true, since: '0002-sessions' }),
    ...audited,
  },
  {
    related: [
      'user_to_app_to_role_by_user_id',
      'lookup_by_user_id',
      'user_custom_by_user_id',
      'app_by_default_app_id',
      'role_by_user_to_app_to_role',
    ],
  },
)
const userToAppToRole = storeTable(
  'user_to_app_to_role',
  { id, user_id: owned('user'), app_id: owned('app'), role_id: owned('role') },
  { unique: [['user_id', 'app_id']] },
)

const lookup = storeTable(
  'lookup',
  {
    id,
    app_id: owned('app', { nullable: true }),
    role_id: owned('role', { nullable: true }),
    user_id: owned('user', { nullable: true }),
    name: string(255),
    value: text(),
    private: boolean(false),
    description: optional(255),
    /** `global`, `app:3`, …: names are unique in it. */
    scope: string(32, { computed: true, concealed: true, default: 'global' }),
    ...audited,
  },
  { unique: [['scope', 'name']] },
)

const limit = storeTable(
  'limit',
  {
    id,
    name: string(80),
    description: optional(255),
    type: string(64),
    key_text: optional(255, { unique: true, computed: true }),
    rate: integer({ default: 0 }),
    period: string(16),
    user_id: owned('user', { nullable: true }),
    role_id: owned('role', { nullable: true }),
    service_id: owned('service', { nullable: true }),
    endpoint: optional(255),
    verb: optional(16),
    is_active: boolean(false),
    ...audited,
  },
  { related: ['service_by_service_id', 'role_by_role_id', 'user_by_user_id'] },
)

const cors = storeTable('cors', {
  id,
  path: string(255, { unique: true }),
  description: optional(255),
  origin: string(255),
  header: text(),
  exposed_header: text(),
  /** An array of verbs. */
  method: json(),
  max_age: integer({ default: 0 }),
  supports_credentials: boolean(false),
  enabled: boolean(true),
  ...audited,
})

const emailTemplate = storeTable('email_template', {
  id,
  name: string(64, { unique: true }),
  description: optional(255),
  to: json(),
  cc: json(),
  bcc: json(),
  subject: optional(80),
  attachment: text(),
  body_text: text(),
  body_html: text(),
  from_name: optional(80),
  from_email: optional(255),
  reply_to_name: optional(80),
  reply_to_email: optional(255),
  defaults: json(),
  ...audited,
})

const systemCustom = storeTable(
  'system_custom',
  { name: string(255), value: json(), ...audited },
  { primaryKey: ['name'] },
)
const userCustom = storeTable(
  'user_custom',
  { id, user_id: owned('user'), name: string(255), value: json(), ...audited },
  { unique: [['user_id', 'name']] },
)

const eventScript = storeTable(
  'event_script',
  {
    name: string(255),
    type: string(40),
    content: text(),
    config: json(),
    storage_service_id: referring('service'),
    storage_path: optional(255),
    scm_repository: optional(255),
    scm_reference: optional(255),
    is_active: boolean(false),
    allow_event_modification: boolean(false),
    ...audited,
  },
  { primaryKey: ['name'] },
)

/** Documents that services keep (`Host.state`). A deleted one leaves its version behind: no version comes twice. */
const state = storeTable(
  'state',
  {
    service_id: owned('service'),
    key: string(255, { exact: true }),
    value: text(),
    version: integer({ default: 1 }),
  },
  { primaryKey: ['service_id', 'key'] },
)

/** Who changed what. It refers to nothing, because it outlives what it tells of. */
export const audit = storeTable('audit', {
  id,
  time: datetime({ computed: true }),
  action: string(16, { computed: true }),
  /** The table's API name. */
  resource: string(64, { computed: true }),
  record_id: optional(255, { computed: true }),
  record_name: optional(255, { computed: true }),
  user_id: integer({ computed: true }),
  user_name: optional(255, { computed: true }),
  app_name: optional(64, { computed: true }),
  /** The command that did it, where nobody called. */
  via: optional(255, { computed: true }),
  /** By field: before and after. */
  changes: json({ computed: true }),
})

/** What the first migration makes. */
export const FIRST: readonly StoreTable[] = [
  revision,
  user,
  service,
  serviceDoc,
  role,
  roleServiceAccess,
  app,
  userToAppToRole,
  lookup,
  limit,
  cors,
  emailTemplate,
  systemCustom,
  userCustom,
  eventScript,
  state,
]

/** All of them; a migration that makes more adds its own here. */
export const TABLES: readonly StoreTable[] = [...FIRST, ...SESSION_TABLES, audit]
