/** The `system` key of `gw.config`. */
import { secret } from '@gw/core'
import { ConfigurationError, pathOf } from '@gw/core/governance'
import { z } from 'zod'

const store = z
  .looseObject({
    type: z.string().min(1).default('sqlite').meta({
      title: 'Type',
      description: 'The service type of the database: sqlite, pgsql, mysql. Its connector has to be installed.',
    }),
  })
  .default({ type: 'sqlite' })
  .meta({
    title: 'Store',
    description: 'Where roles, apps, services and users are kept; beside the type, what a service of that type takes.',
  })

const minutes = (initial: number, title: string, description: string) =>
  z.int().min(1).max(525_600).default(initial).meta({ title, description })

const sessions = z
  .strictObject({
    ttl: minutes(1_440, 'Life (minutes)', 'How long a session token is good for.'),
    refresh_ttl: minutes(
      20_160,
      'Refreshing (minutes)',
      'How long after signing in a token can be exchanged for a new one, also when it has expired.',
    ),
    forever: z.boolean().default(false).meta({
      title: 'Endless Sessions',
      description: 'Whether `remember_me` gives a session that can be refreshed without end.',
    }),
    login: z.enum(['email', 'username']).default('email').meta({
      title: 'Sign in by',
      description: 'What people sign in with, beside their password.',
    }),
    key_days: z.int().min(1).max(365).default(30).meta({
      title: 'Life of keys (days)',
      description: 'How often a new key signs sessions. Those of the old ones stay good.',
    }),
  })
  .prefault({})
  .meta({ title: 'Sessions', description: 'Of people who sign in.' })

const page = (what: string) =>
  z
    .url({ protocol: /^https?$/ })
    .optional()
    .meta({
      title: `Page for ${what}`,
      description: `Where messages for ${what} lead to; code, email and username are added. Without it, they hold the code alone.`,
    })

const pages = z
  .strictObject({ reset: page('a new password'), register: page('a registration'), invite: page('an invitation') })
  .prefault({})
  .meta({ title: 'Pages', description: 'Of your client, for codes that are sent.' })

/** Strict: an unknown key is an error. Parts of this package add theirs here. */
export const systemSchema = z.strictObject({
  store,
  key: z
    .string()
    .min(1)
    .optional()
    .meta({
      ...secret,
      title: 'Key',
      description:
        'Encrypts secrets in the store: 32 bytes as hex or base64, e.g. ${env:GW_SYSTEM_KEY}. Several with commas between them: the first encrypts, all decrypt. Without one, a SQLite store has a key file beside it.',
    }),
  refresh: z.int().min(100).max(60_000).default(1_000).meta({
    title: 'Refresh (milliseconds)',
    description: 'How often a node looks whether another one has changed something.',
  }),
  redis: z
    .url({ protocol: /^rediss?$/ })
    .optional()
    .meta({
      ...secret,
      title: 'Redis',
      description:
        'A Redis that all nodes share, e.g. ${env:GW_REDIS_URL}: limits count the calls of all nodes together, and nodes hear of changes at once.',
    }),
  audit_days: z.int().min(0).max(36_500).default(365).meta({
    title: 'Audit trail (days)',
    description: 'How long it is kept who changed what; 0 for ever.',
  }),
  wrong_credentials: z.int().min(0).max(1_000_000).default(60).meta({
    title: 'Wrong credentials (for each address and minute)',
    description:
      'How many wrong keys, tokens and passwords may come from one address in a minute before it is refused for the rest of it; 0 for any number.',
  }),
  name: z.string().min(1).max(80).default('gw').meta({
    title: 'Name',
    description: 'What messages call this gateway.',
  }),
  sessions,
  codes: z
    .strictObject({ ttl: minutes(1_440, 'Life (minutes)', 'How long a code that was sent is good for.') })
    .prefault({})
    .meta({ title: 'Codes', description: 'For new passwords, registrations and invitations.' }),
  pages,
  security_questions: z.boolean().default(false).meta({
    title: 'Security Questions',
    description:
      'Whether the answer to a question is enough for a new password. Off by default: asking tells whether there is an account, and answers can be guessed.',
  }),
})
export type SystemConfig = z.output<typeof systemSchema>

/** @throws ConfigurationError with the path of each wrong key */
export const systemConfig = (config: unknown): SystemConfig => {
  const result = systemSchema.safeParse((config as { system?: unknown } | undefined)?.system ?? {})
  if (result.success) return result.data
  throw new ConfigurationError(
    result.error.issues.map(({ path, message }) => ({
      path: pathOf(['system', ...path]),
      message: message.replace(/^Invalid input: /, ''),
    })),
  )
}
