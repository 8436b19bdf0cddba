import { secret } from '@gw/core'
import { emailConfigShape } from '@gw/email'
import { z } from 'zod'

const text = (title: string, description: string) => z.string().min(1).optional().meta({ title, description })
const hidden = (title: string, description: string) =>
  z
    .string()
    .min(1)
    .optional()
    .meta({ ...secret, title, description })

export const smtpConfig = z
  .strictObject({
    host: z.string().min(1).meta({ title: 'Host', description: 'The mail server’s name or address.' }),
    port: z.coerce.number().int().min(1).max(65535).default(587).meta({
      title: 'Port',
      description: '587 for submission, 465 where the connection is encrypted from its beginning, 25 between servers.',
    }),
    encryption: z.enum(['tls', 'ssl', '']).nullish().meta({
      title: 'Encryption',
      description:
        'ssl: encrypted from the beginning. tls: STARTTLS, and nothing is sent without it. Empty: STARTTLS where the server offers it.',
    }),
    username: hidden('Username', 'Who signs in. Nobody does where it, or the password, is missing.'),
    password: hidden('Password', 'The password.'),
    oauth2: z
      .strictObject({
        client_id: text('Client Id', 'The application’s id; needed to renew the token.'),
        client_secret: hidden('Client Secret', 'The application’s secret.'),
        refresh_token: hidden('Refresh Token', 'Renews the access token.'),
        access_token: hidden('Access Token', 'A token that is used as it is.'),
        token_url: z
          .url({ protocol: /^https?$/ })
          .optional()
          .meta({
            title: 'Token URL',
            description: 'Where tokens are renewed, under the egress rules. Default: Google’s.',
          }),
      })
      .optional()
      .meta({ title: 'OAuth 2', description: 'Signs in by XOAUTH2 as `username`, instead of with a password.' }),
    dkim: z
      .strictObject({
        domain: z.string().min(1).meta({ title: 'Domain', description: 'The domain that signs.' }),
        selector: z.string().min(1).meta({ title: 'Selector', description: 'The key’s name in the domain’s DNS.' }),
        private_key: z
          .string()
          .min(1)
          .meta({ ...secret, title: 'Private Key', description: 'The key in PEM form.' }),
      })
      .optional()
      .meta({ title: 'DKIM', description: 'Signs every message.' }),
    ca: text('CA Certificate', 'Certificates in PEM form that are trusted beside the well-known ones.'),
    verify_certificate: z.boolean().default(true).meta({
      title: 'Verify Certificate',
      description: 'Refuse a server whose certificate can not be verified.',
    }),
    pool_size: z.int().min(1).max(100).default(5).meta({
      title: 'Connections',
      description: 'How many connections may be open at the same time.',
    }),
    timeout: z.int().min(1).max(600).default(30).meta({
      title: 'Timeout',
      description: 'How long the server may be silent, in seconds.',
    }),
    ...emailConfigShape,
  })
  .refine(({ oauth2, username }) => !oauth2 || username !== undefined, {
    path: ['username'],
    message: 'is needed with oauth2: the account that the token is for',
  })

export type SmtpConfig = z.output<typeof smtpConfig>
