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
