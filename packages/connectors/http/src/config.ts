import { METHODS, type Method, secret } from '@gw/core'
import { z } from 'zod'
import { CURL_OPTIONS } from './curl.ts'

const text = (title: string, description: string) => z.string().min(1).optional().meta({ title, description })
const flag = (title: string, description: string) => z.boolean().default(false).meta({ title, description })
const hidden = (title: string, description: string) =>
  z
    .string()
    .min(1)
    .optional()
    .meta({ ...secret, title, description })
const seconds = (title: string, description: string, value: number) =>
  z
    .number()
    .positive()
    .max(86_400)
    .default(value)
    .meta({ title, description: `${description} In seconds.` })
const address = (title: string, description: string) =>
  z
    .url({ protocol: /^https?$/ })
    .refine((url) => !URL.canParse(url) || new URL(url).username + new URL(url).password === '', {
      message: 'must have no user name and no password in it: send them in a header',
    })
    .optional()
    .meta({ title, description })

/** By the wire contract's `verb_mask` (services part, §3.2). */
const BITS: Readonly<Record<Method, number>> = { GET: 1, POST: 2, PUT: 4, PATCH: 8, DELETE: 16 }

const verbs = z
  .union([z.int().min(0).max(1023), z.array(z.enum(METHODS as unknown as [Method, ...Method[]]))])
  .default(0)
  .meta({
    title: 'Verbs',
    description:
      'When it applies: a list of methods, or their sum (GET 1, POST 2, PUT 4, PATCH 8, DELETE 16). 0: never.',
  })

/** Whether an entry applies to a method. */
export const appliesTo = (action: number | readonly Method[], method: Method): boolean =>
  typeof action === 'number' ? (action & BITS[method]) !== 0 : action.includes(method)

/** Rows as DreamFactory stores them have an id and their service's. */
const STORED = {
  id: z.int().optional().meta({ title: 'Id', description: 'Of the stored row; without meaning here.' }),
  service_id: z.int().optional().meta({ title: 'Service Id', description: 'Of the stored row; without meaning here.' }),
}

const parameter = z.strictObject({
  ...STORED,
  name: z.string().min(1).meta({ title: 'Name', description: 'The parameter, in any case.' }),
  value: z
    .string()
    .nullish()
    .meta({ ...secret, title: 'Value', description: 'What is sent. May hold lookups: `{name}`.' }),
  exclude: flag('Exclude', 'Take the client’s own parameter away, instead of adding one.'),
  outbound: flag('Outbound', 'Holds for what is sent.'),
  cache_key: flag('Cache Key', 'Holds for what tells kept answers apart.'),
  action: verbs,
})

const header = z.strictObject({
  ...STORED,
  name: z
    .string()
    .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/)
    .meta({ title: 'Name', description: 'The header, in any case.' }),
  value: z
    .string()
    .nullish()
    .meta({ ...secret, title: 'Value', description: 'What is sent. May hold lookups: `{name}`.' }),
  pass_from_client: flag('Pass From Client', 'Send the client’s own header of that name; nothing where it has none.'),
  action: verbs,
})

const oauth2 = z
  .strictObject({
    token_url: z.url({ protocol: /^https?$/ }).meta({ title: 'Token URL', description: 'Where tokens are given out.' }),
    client_id: z.string().min(1).meta({ title: 'Client Id', description: 'The application’s id.' }),
    client_secret: z
      .string()
      .min(1)
      .meta({ ...secret, title: 'Client Secret', description: 'The application’s secret.' }),
    scope: text('Scope', 'What is asked for, separated by spaces.'),
    audience: text('Audience', 'Whom the token is for, where the server wants to know.'),
    authentication: z.enum(['basic', 'post']).default('basic').meta({
      title: 'Authentication',
      description: 'How the application names itself: in the Authorization header, or in the body.',
    }),
  })
  .optional()
  .meta({ title: 'OAuth 2', description: 'Fetches a token by client credentials, and sends it with every call.' })

const tls = z
  .strictObject({
    ca: text('CA Certificate', 'Certificates in PEM form that are trusted beside the well-known ones.'),
    cert: text('Client Certificate', 'The certificate in PEM form that is shown to the service.'),
    key: hidden('Client Key', 'Its key in PEM form.'),
    passphrase: hidden('Passphrase', 'Opens the key.'),
    verify: z.boolean().optional().meta({
      title: 'Verify Certificate',
      description: 'Refuse a service whose certificate can not be verified. Default: true.',
    }),
  })
  .optional()
  .meta({
    title: 'TLS',
    description: 'Holds for the base URL and the token URL, and for nothing that they redirect to.',
  })

const proxy = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/ })
      .meta({ title: 'Proxy URL', description: 'An HTTP proxy that opens tunnels (CONNECT).' }),
    username: text('Proxy Username', 'Who signs in at the proxy.'),
    password: hidden('Proxy Password', 'The password.'),
  })
  .optional()
  .meta({
    title: 'Proxy',
    description: 'Every call goes through it. It is called under the egress rules like any address.',
  })

const breaker = z
  .strictObject({
    failures: z.int().min(1).max(1000).default(10).meta({
      title: 'Failures',
      description: 'After so many failed calls in a row, callers are told at once that the service is away.',
    }),
    pause: seconds('Pause', 'How long until one call tries again.', 10),
  })
  .default({ failures: 10, pause: 10 })
  .meta({ title: 'Circuit Breaker', description: 'Spares a service that fails, and its callers the waiting.' })

export const httpConfig = z
  .strictObject({
    base_url: address('Base URL', 'Where the service is. May be left out where the API description says it.'),
    openapi: z
      .union([z.string().min(1), z.record(z.string(), z.unknown())])
      .optional()
      .meta({
        title: 'API Description',
        description:
          'An OpenAPI 3 or Swagger 2 document: its operations become the endpoints. A path to a file, or the document itself.',
      }),
    undocumented: flag('Undocumented Calls', 'Also pass on calls that the API description does not have.'),
    parameters: z
      .array(parameter)
      .default([])
      .meta({ title: 'Parameters', description: 'Query parameters to add or to take away.' }),
    headers: z.array(header).default([]).meta({ title: 'Headers', description: 'Headers to send.' }),
    replace_link: flag('Replace Hyperlinks', 'In texts, let links below the base URL lead to this service instead.'),
    implements_access_list: flag('Remote Implements Access List', 'Pass `as_access_list` on instead of answering it.'),
    preserve_forward_trailing_slash: flag('Trailing Slash', 'End every path in a slash.'),
    pass_errors: flag('Pass Errors', 'Pass failures on as they come. By default they are put into the API’s own form.'),
    options: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]).meta({ ...secret }))
      .nullish()
      .superRefine((options, check) => {
        for (const name of Object.keys(options ?? {}))
          if (!Object.hasOwn(CURL_OPTIONS, name))
            check.addIssue({ code: 'custom', message: `${name} is not a defined option.`, path: [name] })
      })
      .meta({
        title: 'CURL Options',
        description: 'Options by their names in libcurl. What has a setting of its own is better set there.',
      }),
    timeout: seconds('Timeout', 'How long an answer may take to begin, and may pause.', 300),
    connect_timeout: seconds('Connect Timeout', 'How long a connection may take to open.', 10),
    retries: z.int().min(0).max(10).default(2).meta({
      title: 'Retries',
      description:
        'How often GET, PUT and DELETE are tried again where the service was not reached, or was busy (429, 502, 503, 504).',
    }),
    breaker,
    connections: z.int().min(1).max(1000).default(50).meta({
      title: 'Connections',
      description: 'How many connections may be open at the same time.',
    }),
    oauth2,
    tls,
    proxy,
    cache_enabled: flag('Data Retrieval Caching Enabled', 'Keep answers to GET, as far as the service permits it.'),
    cache_ttl: z.int().min(0).default(0).meta({
      title: 'Cache Time To Live (seconds)',
      description: 'How long they are kept, in seconds; less where the service says so. 0: not at all.',
    }),
  })
  .refine(({ base_url, openapi }) => base_url !== undefined || openapi !== undefined, {
    path: ['base_url'],
    message: 'Remote Web Service base url can not be empty.',
  })

export type HttpConfig = z.output<typeof httpConfig>
export type Parameter = HttpConfig['parameters'][number]
export type Header = HttpConfig['headers'][number]
