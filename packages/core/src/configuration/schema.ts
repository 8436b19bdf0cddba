/**
 * The shape of `gw.config`: one schema, from which the types, the checks, the defaults, the editor's JSON Schema
 * and the reference page come.
 */
import { z } from 'zod'
import { METHODS, type ServiceType } from '../contract.ts'
import { isEgressEntry } from '../egress/index.ts'
import { isolation } from '../isolation/settings.ts'
import { eventScripts } from './event-scripts.ts'
import { metrics, telemetry } from './telemetry.ts'

const text = (title: string, description: string) => z.string().min(1).meta({ title, description })
const list = (title: string, description: string) => z.array(z.string().min(1)).meta({ title, description })
const milliseconds = (title: string, description: string, standard: number) =>
  z
    .int()
    .min(1)
    .default(standard)
    .meta({ title, description: `${description} In milliseconds.` })
const active = z.boolean().default(true).meta({ title: 'Active', description: 'Set to false to switch it off.' })
const label = text('Label', 'A short name for people.').optional()

/** An imported service type, where the configuration is TypeScript. */
const imported = z.custom<ServiceType>(isServiceType, 'is neither a name nor an imported service type')

/** Whether a value looks like a `ServiceType`; its members are checked when it is loaded. */
function isServiceType(value: unknown): value is ServiceType {
  return typeof value === 'object' && value !== null && 'contract' in value && 'create' in value && 'name' in value
}

const server = z
  .strictObject({
    host: text(
      'Host',
      'The address to listen on. The default serves this machine only; 0.0.0.0 serves every network it is on.',
    ).default('127.0.0.1'),
    port: z.int().min(0).max(65535).default(8080).meta({
      title: 'Port',
      description: 'The port to listen on; 0 takes a free one. The environment variable PORT goes first.',
    }),
    basePath: z
      .string()
      .regex(/^(\/[\w.~-]+)+$/, 'must begin with a slash and not end with one, for example /api')
      .default('/api')
      .meta({ title: 'Base path', description: 'Where the API begins: /api serves /api/v2/{service}.' }),
    trustedProxies: list(
      'Trusted proxies',
      'Addresses or networks (10.0.0.0/8) whose X-Forwarded-* headers are believed. Nobody is by default.',
    ).default([]),
    bodyLimit: z.int().min(1).default(10_485_760).meta({
      title: 'Body limit',
      description: 'The largest request body, in bytes; larger ones are answered 413. Default: 10 MiB.',
    }),
    requestTimeout: milliseconds('Request timeout', 'How long one request may take before it is cancelled.', 30_000),
    maxCalls: z.int().min(1).default(1_000).meta({
      title: 'Calls per service',
      description:
        'How many calls of one service may be under way at once, streams included. One more is answered 503 with `Retry-After`, so that a source that hangs takes nothing from the others.',
    }),
    drainTimeout: milliseconds(
      'Drain timeout',
      'How long running requests may finish when a service or the gateway stops.',
      30_000,
    ),
    startTimeout: milliseconds(
      'Start timeout',
      'How long a service may take to start before it counts as down.',
      10_000,
    ),
    compression: z
      .boolean()
      .default(true)
      .meta({ title: 'Compression', description: 'Compress answers (br, gzip) for callers that accept it.' }),
    wrapper: text('Wrapper', 'The key that lists are wrapped in.').default('resource'),
    alwaysWrap: z
      .boolean()
      .default(true)
      .meta({ title: 'Always wrap', description: 'Wrap lists unless the caller asks otherwise.' }),
    docs: z.boolean().default(true).meta({ title: 'Docs', description: 'Serve the interactive API documentation.' }),
  })
  .meta({ title: 'Server', description: 'How the gateway listens and answers.' })

const corsRule = z
  .strictObject({
    path: text(
      'Path',
      'The paths it holds for: /api/v2/*, * for all; a leading ^ makes it a regular expression. The longest match wins.',
    ).default('*'),
    origins: list('Origins', 'Allowed origins, e.g. https://shop.example; * for any.'),
    methods: z
      .array(z.enum(METHODS as unknown as [string, ...string[]]))
      .default([...METHODS])
      .meta({ title: 'Methods', description: 'Allowed methods.' }),
    headers: list('Headers', 'Request headers a browser may send; * for any.').default(['*']),
    exposedHeaders: list('Exposed headers', 'Answer headers a browser may read.').default([]),
    maxAge: z
      .int()
      .min(0)
      .default(0)
      .meta({ title: 'Max age', description: 'How long a browser may remember the permission, in seconds.' }),
    credentials: z.boolean().default(false).meta({
      title: 'Credentials',
      description: 'Whether a browser may send cookies. Not together with the origin *.',
    }),
  })
  .refine((rule) => !(rule.credentials && rule.origins.includes('*')), {
    path: ['credentials'],
    message: 'cannot be true while origins has "*": name the origins that may send credentials',
  })
  .meta({ title: 'CORS rule', description: 'Which web pages of other origins may call.' })

const log = z
  .strictObject({
    level: z
      .enum(['debug', 'info', 'warn', 'error', 'silent'])
      .default('info')
      .meta({ title: 'Level', description: 'The least severity that is written.' }),
    format: z
      .enum(['json', 'pretty', 'auto'])
      .default('auto')
      .meta({ title: 'Format', description: 'auto is pretty on a terminal and JSON elsewhere.' }),
  })
  .meta({ title: 'Log', description: 'What is logged, and how.' })

const egressEntry = z.string().refine(isEgressEntry, {
  error: 'is neither a host name, *.suffix, an address nor a network (10.0.0.0/8), optionally with :port',
})

const egress = z
  .strictObject({
    allow: z.array(egressEntry).default([]).meta({
      title: 'Allow',
      description:
        'Hosts, host:port or networks that services may call although they are private or loopback: 10.1.0.0/16, backend.internal:8443.',
    }),
    only: z.array(egressEntry).optional().meta({
      title: 'Only',
      description: 'If given, services may call these targets and nothing else; an empty list forbids every call.',
    }),
  })
  .meta({ title: 'Egress', description: 'Where services may connect to over HTTP. Public addresses only, by default.' })

/** Letters, digits, `_`, `-` and `.`; lower-cased, since names are matched that way. */
const serviceName = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{1,40}$/, 'may hold letters, digits, underscores, dashes and dots, at most 40 of them')

const service = z
  .strictObject({
    type: z
      .union([text('Type', 'The service type, e.g. pgsql; `gw connectors` lists what is installed.'), imported])
      .meta({ title: 'Type', description: 'The service type, e.g. pgsql; `gw connectors` lists what is installed.' }),
    label,
    description: text('Description', 'What it is, for the API documentation.').optional(),
    active,
    isolation,
    config: z
      .record(z.string(), z.unknown())
      .default({})
      .meta({ title: 'Configuration', description: 'What the type asks for: host, credentials, options.' }),
  })
  .meta({ title: 'Service', description: 'A data source served below /{name}.' })

const operator = z
  .string()
  .regex(
    /^(=|!=|<>|>|<|>=|<=|(not )?in|starts with|ends with|contains|like|is (not )?null)$/i,
    'is not an operator: use =, !=, >, <, >=, <=, in, not in, starts with, ends with, contains, like, is null or is not null',
  )

const access = z
  .strictObject({
    service: text('Service', 'The name of a service; * for all.'),
    component: z.string().meta({
      title: 'Component',
      description: 'What of it: _table/customers exactly, _table/* a branch, * everything, "" the root alone.',
    }),
    verbs: z.union([z.array(z.enum(METHODS as unknown as [string, ...string[]])), z.int().min(0).max(31)]).meta({
      title: 'Verbs',
      description: 'Allowed methods, or their mask (GET 1, POST 2, PUT 4, PATCH 8, DELETE 16). None is a denial.',
    }),
    requestors: z
      .array(z.enum(['api', 'script']))
      .min(1)
      .default(['api'])
      .meta({
        title: 'Requestors',
        description: 'Whether it holds for callers from outside (api), for scripts in the gateway, or both.',
      }),
    filters: z
      .array(
        z.strictObject({
          name: text('Field', 'The field that is compared.'),
          operator: operator.default('=').meta({ title: 'Operator', description: 'How it is compared.' }),
          value: z
            .unknown()
            .optional()
            .meta({ title: 'Value', description: 'What it is compared with; may hold lookups: {user.id}.' }),
        }),
      )
      .default([])
      .meta({ title: 'Row filters', description: 'Only rows that pass are read or written.' }),
    filterOp: z
      .enum(['AND', 'OR'])
      .default('AND')
      .meta({ title: 'Filter operator', description: 'Whether all filters must hold, or one.' }),
    denyFields: list('Denied fields', 'Fields that are neither read, written, filtered nor sorted by.').default([]),
  })
  .meta({
    title: 'Access',
    description: 'One row of access. An exact component goes before a wildcard, a service before all services.',
  })

const role = z
  .strictObject({
    label,
    description: text('Description', 'What it is for.').optional(),
    active,
    access: z
      .array(access)
      .default([])
      .meta({ title: 'Access', description: 'What the role may do. Without a row: nothing.' }),
  })
  .meta({ title: 'Role', description: 'A set of permissions.' })

const app = z
  .strictObject({
    label,
    apiKey: text(
      'API key',
      'What callers send as X-DreamFactory-API-Key. Keep it out of the file: ${env:GW_API_KEY}.',
    ).meta({ writeOnly: true }),
    role: text('Role', 'The role that callers with this key have.'),
    active,
  })
  .meta({ title: 'App', description: 'A client, known by its API key.' })

const lookup = z.union([
  z.string(),
  z.strictObject({
    value: z.string().meta({ title: 'Value', description: 'What the lookup stands for.' }),
    private: z
      .boolean()
      .default(false)
      .meta({ title: 'Private', description: 'Readable by row filters only, never by what a client sends.' }),
  }),
])
const lookupName = z
  .string()
  .regex(/^[A-Za-z0-9_.-]+$/, 'may hold letters, digits, underscores, dashes and dots')
  .regex(
    /^(?!(user|app|role|session|df)\.)/,
    'may not begin with user., app., role., session. or df.: those are built in',
  )

/** The schema of `gw.config`, references already replaced. Strict: an unknown key is an error. */
export const configurationSchema = z
  .strictObject({
    $schema: z.string().optional().meta({ title: 'Schema', description: 'For editors; `gw schema` writes it.' }),
    server: server.prefault({}),
    cors: z
      .array(corsRule)
      .default([])
      .meta({ title: 'CORS', description: 'Which web pages of other origins may call. None by default.' }),
    log: log.prefault({}),
    metrics: metrics.prefault({}),
    telemetry: telemetry.prefault({}),
    egress: egress.prefault({}),
    connectors: z
      .array(z.union([text('Connector', 'The name of a package, or a path that begins with a dot.'), imported]))
      .optional()
      .meta({
        title: 'Connectors',
        description: 'Where service types come from. If given, only these; else the dependencies of package.json.',
      }),
    services: z
      .record(serviceName, service)
      .default({})
      .meta({ title: 'Services', description: 'The data sources, by name.' }),
    roles: z
      .record(text('Role', 'Its name.'), role)
      .default({})
      .meta({ title: 'Roles', description: 'Sets of permissions, by name.' }),
    apps: z
      .record(text('App', 'Its name.'), app)
      .default({})
      .meta({ title: 'Apps', description: 'The clients, by name. Without any, every data call is refused.' }),
    lookups: z
      .record(lookupName, lookup)
      .default({})
      .meta({ title: 'Lookups', description: 'Values that row filters and clients may name: {name}.' }),
    documents: z
      .record(
        text('Kind', 'What they are: email_template.'),
        z.record(text('Name', 'Its name.'), z.record(z.string(), z.unknown())),
      )
      .default({})
      .meta({
        title: 'Documents',
        description: 'What services of a family share, by kind and name: e-mail templates under `email_template`.',
      }),
    eventScripts,
    system: z.record(z.string(), z.unknown()).default({}).meta({
      title: 'System',
      description: 'Settings of the installed governance package (@gw/system); without one they have no effect.',
    }),
    state: z
      .strictObject({
        directory: text('Directory', 'Where services keep their own documents; relative to the configuration.').default(
          '.gw/state',
        ),
      })
      .prefault({})
      .meta({ title: 'State', description: 'What services keep.' }),
  })
  .meta({ title: 'gw.config', description: 'The configuration of a gateway.' })

/** The checked configuration, defaults filled in. */
export type Configuration = z.output<typeof configurationSchema>
/** What is written down. */
export type ConfigurationInput = z.input<typeof configurationSchema>

export type ServerConfiguration = Configuration['server']
export type CorsRule = Configuration['cors'][number]
export type LogConfiguration = Configuration['log']
export type MetricsConfiguration = Configuration['metrics']
export type EgressConfiguration = Configuration['egress']
export type ServiceConfiguration = Configuration['services'][string]
export type RoleConfiguration = Configuration['roles'][string]
export type AppConfiguration = Configuration['apps'][string]

export type ConfigurationFormat = 'ts' | 'js' | 'json' | 'yaml'

/** A configuration as it was found. */
export interface LoadedConfiguration {
  /** Checked, defaults filled in; `${…}` are replaced everywhere but in the services' own `config`. */
  readonly config: Configuration
  /** The absolute path of the file. */
  readonly file: string
  /** The folder of the file: where relative paths begin. */
  readonly root: string
  readonly format: ConfigurationFormat
  /** Further files that `${file:…}` names; a change of one is a change of the configuration. */
  readonly references: readonly string[]
  /** The line of a path in the file, where the format has lines. */
  lineOf(path: readonly PropertyKey[]): number | undefined
}
