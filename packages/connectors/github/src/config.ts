import { createPrivateKey } from 'node:crypto'
import { secret } from '@gw/core'
import { repositoriesConfigShape } from '@gw/repos'
import { z } from 'zod'

/** In the environment, its lines may be parted by `\\n`. */
const isKey = (text: string): boolean => {
  try {
    return createPrivateKey(text.replaceAll('\\n', '\n')).asymmetricKeyType === 'rsa'
  } catch {
    return false
  }
}

const app = z.strictObject({
  app_id: z.union([z.string().min(1), z.int().min(1)]).meta({
    title: 'App ID',
    description: 'The id of the GitHub App, or its client id.',
  }),
  private_key: z
    .string()
    .min(1)
    .refine(isKey, 'must be an RSA key in PEM form, as GitHub gives it out')
    .meta({ ...secret, title: 'Private Key', description: 'A key of the app in PEM form.' }),
  installation_id: z.int().min(1).optional().meta({
    title: 'Installation ID',
    description: 'The installation of the app. Default: the one on the account.',
  }),
})

export const githubConfig = z
  .strictObject({
    vendor: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/, 'must be the name of an account or an organization')
      .meta({ title: 'Account/Organization', description: 'Whose repositories these are.' }),
    username: z.string().nullish().meta({ title: 'Username', description: 'Has no effect: the token says who it is.' }),
    password: z
      .string()
      .nullish()
      .meta({ ...secret, title: 'Password', description: 'Has no effect: GitHub takes no passwords.' }),
    token: z
      .string()
      .min(1)
      .nullish()
      .meta({ ...secret, title: 'GitHub Token', description: 'A personal access token, in place of an app.' }),
    app: app.nullish().meta({ title: 'GitHub App', description: 'Signs in as an installation of an app.' }),
    base_url: z
      .url({ protocol: /^https?$/ })
      .default('https://api.github.com')
      .meta({
        title: 'Base URL',
        description: 'Where the API is. On GitHub Enterprise Server: https://github.example/api/v3.',
      }),
    ...repositoriesConfigShape,
  })
  .refine(({ token, app }) => (token == null) !== (app == null), {
    path: ['token'],
    message: 'is needed, or app in its place: one of the two',
  })

export type GithubConfig = z.output<typeof githubConfig>
