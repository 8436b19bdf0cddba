/** A store with something of everything, and a secret of its own in every place for one. */
import { defineServiceType, secret } from '@gw/core'
import { z } from 'zod'
import type { Opened } from './opened.ts'
import { PASSWORD } from './opened.ts'

/** A type with secrets wherever they can stand. */
export const vault = defineServiceType({
  contract: 1,
  name: 'vault',
  label: 'Vault',
  description: 'A service with many secrets.',
  group: 'Tests',
  config: z.strictObject({
    host: z.string().default('localhost'),
    port: z.int().default(1),
    password: z.string().min(1).meta(secret),
    pin: z
      .int()
      .optional()
      .meta({ ...secret }),
    headers: z.array(z.object({ name: z.string(), value: z.string().meta(secret) })).default([]),
    nested: z.object({ token: z.string().meta(secret) }).optional(),
  }),
  create: () => ({ endpoints: [] }),
})

export const SECRETS = {
  password: 'canary-password-1',
  pin: 73_193_731,
  header: 'canary-header-2',
  token: 'canary-token-3',
  lookup: 'canary-lookup-4',
  roleLookup: 'canary-lookup-5',
  appLookup: 'canary-lookup-6',
  userLookup: 'canary-lookup-7',
  answer: 'canary-answer-8',
} as const

/** What the references of a document stand for. @param keys of the apps, by name */
export const variables = (keys: Readonly<Record<string, string>>): Readonly<Record<string, string>> => ({
  GW_SAFE_PASSWORD: SECRETS.password,
  GW_SAFE_PIN: String(SECRETS.pin),
  GW_SAFE_HEADERS_AUTHORIZATION_VALUE: SECRETS.header,
  GW_SAFE_NESTED_TOKEN: SECRETS.token,
  GW_LOOKUP_HIDDEN: SECRETS.lookup,
  GW_ROLE_READER_LOOKUP_HIDDEN: SECRETS.roleLookup,
  GW_APP_WEB_LOOKUP_HIDDEN: SECRETS.appLookup,
  GW_USER_ANN_GW_TEST_LOOKUP_HIDDEN: SECRETS.userLookup,
  GW_APP_WEB_API_KEY: keys.web!,
})

const id = (answer: { readonly body: any }): number => {
  const [first] = answer.body.resource ?? []
  if (first === undefined) throw new Error(JSON.stringify(answer.body))
  return first.id
}
const hidden = (value: string) => [
  { name: 'hidden', value, private: true },
  { name: 'open', value: '{$${env:PLAIN}}' },
]

/** @returns the key of the app `web` */
export const populate = async ({ ask }: Opened): Promise<string> => {
  const make = async (path: string, record: object, related = '') => {
    const made = await ask('POST', `system/${path}${related && `?related=${related}`}`, { resource: [record] })
    if (made.status !== 201) throw new Error(`${path}: ${JSON.stringify(made.body)}`)
    return made
  }
  const safe = id(
    await make(
      'service',
      {
        name: 'safe',
        label: 'A safe',
        type: 'vault',
        is_active: true,
        config: {
          host: 'db.internal ${env:HOME}',
          password: SECRETS.password,
          pin: SECRETS.pin,
          headers: [{ name: 'Authorization', value: SECRETS.header }],
          nested: { token: SECRETS.token },
        },
        service_doc_by_service_id: { format: 0, content: '{"openapi":"3.0.0"}' },
      },
      'service_doc_by_service_id',
    ),
  )
  const role = id(
    await make(
      'role',
      {
        name: 'reader',
        description: 'Reads.',
        is_active: true,
        role_service_access_by_role_id: [
          { service_id: safe, component: '_table/*', verb_mask: 1, requestor_mask: 1 },
          {
            service_id: safe,
            component: '_table/items',
            verb_mask: 3,
            requestor_mask: 3,
            filters: [{ name: 'owner', operator: '=', value: '{user.id}' }],
            filter_op: 'OR',
            deny_fields: ['price'],
          },
          { service_id: null, component: '', verb_mask: 1, requestor_mask: 1 },
        ],
        lookup_by_role_id: hidden(SECRETS.roleLookup),
      },
      'role_service_access_by_role_id,lookup_by_role_id',
    ),
  )
  const app = await ask('POST', 'system/app?fields=*', {
    resource: [
      {
        name: 'web',
        is_active: true,
        role_id: role,
        type: 2,
        url: 'https://web.test',
        lookup_by_app_id: hidden(SECRETS.appLookup),
      },
    ],
  })
  const person = {
    is_active: true,
    password: PASSWORD,
    security_question: 'Which one?',
    security_answer: SECRETS.answer,
  }
  await make('admin', {
    ...person,
    name: 'Second',
    email: 'second@gw.test',
    user_to_app_to_role_by_user_id: [{ app_id: id(app), role_id: role }],
  })
  await make('user', {
    ...person,
    name: 'Ann',
    email: 'ann@gw.test',
    default_app_id: id(app),
    user_to_app_to_role_by_user_id: [{ app_id: id(app), role_id: role }],
    lookup_by_user_id: hidden(SECRETS.userLookup),
    user_custom_by_user_id: [{ name: 'theme', value: { dark: true } }],
  })
  for (const one of hidden(SECRETS.lookup)) await make('lookup', one)
  await make('cors', { path: 'api/v2/*', origin: 'https://web.test', method: ['GET', 'POST'], max_age: 60 })
  await make('email_template', {
    name: 'Hello',
    subject: 'Hello {name}',
    to: ['a@gw.test'],
    body_text: 'Hi ${env:NOT}',
  })
  await make('limit', {
    name: 'slow',
    type: 'instance.service',
    service_id: safe,
    rate: 9,
    period: 'day',
    is_active: true,
  })
  await make('event_script', {
    name: 'safe.get.pre_process',
    type: 'nodejs',
    content: 'return `${x}`',
    is_active: false,
    storage_service_id: safe,
  })
  await make('custom', { name: 'theme', value: { dark: true, sizes: [1, 2] } })
  const [system] = (await ask('GET', `system/service?filter=name='system'`)).body.resource
  await ask('PATCH', `system/service/${system.id}`, { config: { default_app_id: id(app) } })
  return app.body.resource[0].api_key
}
