/** Settings of a service that people sign in with by OpenID Connect (platform.md §4.3). */
import { secret } from '@gw/core'
import { z } from 'zod'
import { appRoleMap } from '../account/user-config.ts'

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])
const isSafe = (text: string): boolean => {
  // What is no URL has been told of as such.
  if (!URL.canParse(text)) return true
  const { protocol, hostname } = new URL(text)
  return protocol === 'https:' || LOOPBACK.has(hostname)
}
const address = (title: string, description: string) =>
  z
    .url({ protocol: /^https?$/ })
    .refine(isSafe, 'must begin with https://, unless it is on this very machine')
    .meta({ title, description })

export const oidcConfig = z.looseObject({
  discovery_document: address(
    'Discovery Document',
    'The address of the provider, or of its /.well-known/openid-configuration.',
  ),
  client_id: z
    .string()
    .min(1)
    .meta({ title: 'Client ID', description: 'Under which the provider knows this gateway.' }),
  client_secret: z
    .string()
    .min(1)
    .meta({ ...secret, title: 'Client Secret', description: 'What the gateway proves itself to the provider with.' }),
  redirect_url: address(
    'Redirect URL',
    'Where the provider sends people back to, as it is registered there: a page of your client, or user/session?oauth_callback=true of this gateway.',
  ),
  scopes: z.string().default('openid profile email').meta({
    title: 'Scopes',
    description: 'What the provider is asked for; openid has to be among them.',
  }),
  default_role: z.int().nullable().default(null).meta({
    title: 'Default Role',
    description: 'The role that new users get in every app.',
  }),
  app_role_map: appRoleMap,
  allow_new_users: z.boolean().default(true).meta({
    title: 'Allow New Users',
    description: 'Whether someone who comes for the first time becomes a user.',
  }),
  icon_class: z.string().nullable().default(null).meta({
    title: 'Icon Class',
    description: 'What a client shows beside the name.',
  }),
})
export type OidcConfig = z.output<typeof oidcConfig>
