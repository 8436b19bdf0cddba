/**
 * What a DreamFactory instance exports, made up after its documented format: no real instance was at hand.
 */
import { zipSync } from 'fflate'

const stamps = {
  created_date: '2024-01-01 00:00:00',
  last_modified_date: '2024-01-01 00:00:00',
  created_by_id: 1,
  last_modified_by_id: 1,
}

/** Records as its API tells them. */
export const records = (shop: string, secret = '**********') => ({
  service: [
    {
      id: 1,
      name: 'system',
      label: 'System',
      type: 'system',
      is_active: true,
      mutable: true,
      deletable: false,
      config: { service_id: 1, default_app_id: 7 },
      ...stamps,
    },
    { id: 2, name: 'api_docs', type: 'swagger', is_active: true, config: [], ...stamps },
    {
      id: 5,
      name: 'shop',
      label: 'Shop',
      description: null,
      type: 'sqlite',
      is_active: true,
      config: {
        service_id: 5,
        database: shop,
        dsn: `sqlite:${shop}`,
        options: [],
        cache_enabled: 0,
        max_records: '50',
      },
      service_doc_by_service_id: { service_id: 5, format: 0, content: '{}' },
      ...stamps,
    },
    {
      id: 6,
      name: 'mail',
      label: 'Mail',
      type: 'smtp_email',
      is_active: true,
      config: { service_id: 6, host: 'localhost', port: 2525, username: 'u', password: secret, encryption: '' },
      ...stamps,
    },
    {
      id: 9,
      name: 'files',
      label: 'Files',
      type: 'local_file',
      is_active: true,
      config: { container: '/', public_path: [] },
      ...stamps,
    },
  ],
  role: [
    {
      id: 3,
      name: 'reader',
      description: 'Reads',
      is_active: true,
      ...stamps,
      role_service_access_by_role_id: [
        {
          id: 11,
          role_id: 3,
          service_id: 5,
          component: '_table/*',
          verb_mask: 1,
          requestor_mask: 1,
          filters: [],
          filter_op: 'and',
          ...stamps,
        },
        {
          id: 12,
          role_id: 3,
          service_id: 9,
          component: '*',
          verb_mask: 1,
          requestor_mask: 3,
          filters: [{ name: 'a', operator: '=', value: '1' }],
          filter_op: 'AND',
          ...stamps,
        },
      ],
      lookup_by_role_id: [
        { id: 21, role_id: 3, app_id: null, user_id: null, name: 'region', value: 'north', private: false, ...stamps },
      ],
    },
    {
      id: 4,
      name: 'dangling',
      is_active: true,
      role_service_access_by_role_id: [
        { id: 13, role_id: 4, service_id: 77, component: '*', verb_mask: 0, requestor_mask: 1 },
      ],
      ...stamps,
    },
  ],
  app: [
    { id: 7, name: 'web', api_key: 'ab12'.repeat(16), is_active: true, type: 0, role_id: 3, launch_url: '', ...stamps },
    { id: 8, name: 'old', api_key: 'short-key-of-old', is_active: true, type: 0, role_id: 3, ...stamps },
  ],
  lookup: [
    { id: 22, name: 'open', value: 'yes', private: false, ...stamps },
    { id: 23, name: 'closed', value: secret, private: true, ...stamps },
  ],
  cors: [
    {
      id: 1,
      path: 'api/v2/*',
      origin: '*',
      header: '*',
      method: ['GET', 'POST'],
      max_age: 0,
      supports_credentials: false,
      enabled: true,
      ...stamps,
    },
  ],
  email_template: [{ id: 4, name: 'Offer', subject: 'An offer', body_text: 'Buy', to: null, ...stamps }],
  limit: [
    {
      id: 1,
      name: 'slow',
      type: 'instance.role',
      rate: 5,
      period: 'hour',
      role_id: 3,
      user_id: null,
      service_id: null,
      is_active: true,
      ...stamps,
    },
  ],
})

const PEOPLE = {
  admin: [
    {
      id: 31,
      name: 'Boss',
      email: 'boss@gw.test',
      username: 'boss',
      is_active: true,
      user_to_app_to_role_by_user_id: [],
      ...stamps,
    },
  ],
  user: [
    {
      id: 32,
      name: 'Ann',
      email: 'Ann@gw.test',
      username: 'ann@gw.test',
      is_active: true,
      default_app_id: 7,
      user_to_app_to_role_by_user_id: [{ id: 41, user_id: 32, app_id: 7, role_id: 3 }],
      ...stamps,
    },
  ],
}

const file = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))

/** A package: `package.json`, and a file of records for each resource. */
export const packageOf = (shop: string, manifest: object = {}, more: Record<string, Uint8Array> = {}): Uint8Array =>
  zipSync({
    'package.json': file({
      version: '0.1',
      df_version: '2.14.0',
      secured: false,
      description: '',
      service: { system: { role: ['reader'] } },
      ...manifest,
    }),
    ...Object.fromEntries(
      Object.entries({ ...records(shop), ...PEOPLE }).map(([name, list]) => [`system/${name}.json`, file(list)]),
    ),
    'shop/_schema.json': file([]),
    ...more,
  })

/** Rows as its database has them: numbers for booleans, texts for JSON, hashes of passwords. */
export const tablesOf = (shop: string, hash: string) => ({
  service: [{ id: 5, name: 'shop', label: 'Shop', type: 'sqlite', is_active: 1, ...stamps }],
  sql_db_config: [{ service_id: 5, database: shop, options: '[]', max_records: 50 }],
  role: [{ id: 3, name: 'reader', is_active: 1, ...stamps }],
  role_service_access: [
    {
      id: 11,
      role_id: 3,
      service_id: 5,
      component: '_table/*',
      verb_mask: 1,
      requestor_mask: 1,
      filters: '[{"name":"owner","operator":"=","value":"1"}]',
      filter_op: 'and',
      ...stamps,
    },
  ],
  app: [
    {
      id: 7,
      name: 'web',
      api_key: 'ab12'.repeat(16),
      is_active: 1,
      type: 0,
      role_id: null,
      requires_fullscreen: 0,
      ...stamps,
    },
  ],
  user: [
    {
      id: 31,
      name: 'Boss',
      email: 'boss@gw.test',
      username: 'boss',
      password: hash,
      is_sys_admin: 1,
      is_active: 1,
      confirm_code: 'y',
      ...stamps,
    },
    {
      id: 32,
      name: 'Ann',
      email: 'ann@gw.test',
      username: null,
      password: hash,
      is_sys_admin: 0,
      is_active: 1,
      default_app_id: 7,
      ...stamps,
    },
  ],
  user_to_app_to_role: [{ id: 41, user_id: 32, app_id: 7, role_id: 3 }],
  role_lookup: [{ id: 1, role_id: 3, name: 'region', value: 'north', private: 0 }],
  user_lookup: [{ id: 1, user_id: 32, name: 'colour', value: 'red', private: 0 }],
  system_lookup: [{ id: 1, name: 'closed', value: `eyJpdiI6${'A'.repeat(80)}`, private: 1 }],
  cors_config: [
    { id: 1, path: '*', origin: '*', header: '*', method: 3, max_age: 0, enabled: 1, supports_credentials: 0 },
  ],
  limits: [{ id: 1, name: 'slow', type: 'instance.service', rate: 5, period: 2, service_id: 5, is_active: 1 }],
  script_config: [{ service_id: 99, content: 'x' }],
  token_map: [{ user_id: 1, token: 'x' }],
  job: [{ id: 1 }],
})
