/** A gateway as it may look after some weeks: services, roles, apps, users, limits, scripts, calls. */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Api, Gateway } from '../gateway.ts'

const SCRIPT = `// Prices go out with their currency.
for (const track of event.response.content.resource ?? []) {
  track.price = { amount: track.UnitPrice, currency: 'USD' }
  delete track.UnitPrice
}
console.log(\`\${event.response.content.resource.length} tracks\`)
`
const MESSAGE = `<h1>Hello {first_name}</h1>
<p>Somebody asked for a new password. If it was you, follow this link within a day:</p>
<p><a href="{link}">{link}</a></p>
`

const makeFiles = (root: string): void => {
  for (const folder of ['reports/2026', 'pictures', 'contracts']) mkdirSync(join(root, folder), { recursive: true })
  writeFileSync(join(root, 'reports/2026/sales.csv'), 'month,total\nJanuary,35.64\nFebruary,37.62\nMarch,37.62\n')
  writeFileSync(join(root, 'reports/settings.json'), JSON.stringify({ region: 'eu', sizes: [1, 2, 3], on: true }))
  writeFileSync(join(root, 'reports/notes.md'), Array.from({ length: 60 }, (_, at) => `Line ${at + 1}`).join('\n'))
  writeFileSync(
    join(root, 'pictures/logo.svg'),
    '<svg xmlns="http://www.w3.org/2000/svg" width="240" height="120"><rect width="240" height="120" rx="16" fill="teal"/></svg>',
  )
}

/** @param database the Chinook database as SQLite */
export const fill = async (api: Api, { folder, url }: Gateway, database: string): Promise<void> => {
  copyFileSync(database, join(folder, 'chinook.db'))
  writeFileSync(join(folder, 'inventory.db'), '')
  makeFiles(join(folder, 'kept'))
  const service = (name: string, label: string, type: string, config: object) => ({
    ...{ name, label, type, config },
    description: type === 'sqlite' ? 'Sold by the music department.' : null,
    is_active: true,
  })
  const made = await api('POST', 'system/service', {
    resource: [
      service('chinook', 'Chinook: artists, albums, invoices', 'sqlite', { database: 'chinook.db' }),
      service('inventory', 'Inventory', 'sqlite', { database: 'inventory.db' }),
      service('archive', 'Archive of 2019', 'sqlite', { database: 'gone.db' }),
      service('documents', 'Documents', 'local_file', { container: join(folder, 'kept') }),
      service('weather', 'Weather', 'rws', { base_url: 'https://weather.example' }),
      service('greeting', 'Greeting', 'nodejs', { content: 'return { hello: "world" }' }),
    ],
  })
  const idOf = (name: string): number =>
    made.resource[['chinook', 'inventory', 'archive', 'documents'].indexOf(name)].id
  const rule = (name: string, component: string, verbs: number, more: object = {}) => ({
    service_id: idOf(name),
    component,
    verb_mask: verbs,
    requestor_mask: 3,
    ...more,
  })
  const roles = await api('POST', 'system/role', {
    resource: [
      {
        name: 'Support',
        description: 'Looks after the customers of one country, and sees no addresses.',
        is_active: true,
        role_service_access_by_role_id: [
          rule('chinook', '_table/Customer', 1, {
            filters: [{ name: 'Country', operator: '=', value: 'Brazil' }],
            filter_op: 'AND',
            deny_fields: ['Address', 'PostalCode'],
          }),
          rule('chinook', '_table/Invoice', 1),
          rule('documents', 'reports/*', 1),
        ],
      },
      {
        name: 'Catalogue',
        description: 'Changes artists, albums and tracks.',
        is_active: true,
        role_service_access_by_role_id: [rule('chinook', '_table/Track', 31), rule('chinook', '_table/Album', 31)],
      },
      { name: 'Nobody yet', description: null, is_active: false },
    ],
  })
  const [support, catalogue] = roles.resource.map(({ id }: { id: number }) => id)
  const apps = await api('POST', 'system/app?fields=*', {
    resource: [
      { name: 'Help desk', description: 'What support works with.', is_active: true, role_id: support },
      { name: 'Shop', description: 'The public shop.', is_active: true, role_id: catalogue },
    ],
  })
  const person = (name: string, email: string, more: object = {}) => ({
    ...{ name, email, password: 'sixteen letters and more', is_active: true },
    ...more,
  })
  const [{ id: helpDesk }] = apps.resource
  await api('POST', 'system/user', {
    resource: [
      person('Jane Peacock', 'jane@chinook.example', {
        user_to_app_to_role_by_user_id: [{ app_id: helpDesk, role_id: support }],
      }),
      person('Margaret Park', 'margaret@chinook.example'),
      person('Steve Johnson', 'steve.johnson.of.the.long.address@chinook.example'),
    ],
  })
  await api('POST', 'system/admin', { resource: [person('Nancy Edwards', 'nancy@chinook.example')] })
  await api('POST', 'system/limit', {
    resource: [
      { name: 'All of Chinook', type: 'instance.service', service_id: idOf('chinook'), rate: 5_000, period: 'hour' },
      { name: 'Everybody', type: 'instance', rate: 100_000, period: 'day' },
    ].map((limit) => ({ ...limit, is_active: true })),
  })
  await api('POST', 'system/lookup', {
    resource: [
      { name: 'db_host', value: 'db.internal', description: 'Where the databases are.' },
      { name: 'mail_key', value: 'secret', private: true },
    ],
  })
  await api('POST', 'system/cors', {
    resource: [
      { path: '*', origin: 'https://shop.example', header: '*', method: ['GET', 'POST'], max_age: 3600, enabled: true },
    ],
  })
  await api('POST', 'system/email_template', {
    resource: [{ name: 'password reset', subject: 'A new password, {first_name}', body_html: MESSAGE }],
  })
  await api('POST', 'system/event_script', {
    resource: [
      {
        name: 'chinook._table.Track.get.post_process',
        type: 'nodejs',
        content: SCRIPT,
        is_active: true,
        allow_event_modification: true,
      },
    ],
  })
  await call(api, url, apps.resource[0].api_key)
}

/** Calls that succeed, fail and are refused, for the dashboard and the log. */
const call = async (api: Api, url: string, key: string): Promise<void> => {
  for (const path of [
    'Track?limit=20',
    'Album?limit=5',
    'Artist?filter=Name%20like%20A%25',
    'Invoice?limit=3',
    'Nothing',
  ])
    for (let times = 0; times < 6; times++) await api('GET', `chinook/_table/${path}`).catch(() => undefined)
  for (const path of ['_table/Customer', '_table/Employee', '_schema'])
    await fetch(`${url}/api/v2/chinook/${path}`, { headers: { 'x-dreamfactory-api-key': key } })
}
