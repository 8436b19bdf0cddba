/** `system/environment`: what a client has to know before anyone has signed in (platform.md §3.17). */
import { hostname } from 'node:os'
import { type Call, endpoint } from '@gw/core'
import { hasAdministrator } from '../snapshot/users.ts'
import type { SystemParts, SystemResource } from './resource.ts'

/** Apps that a caller may start: those with a place to start at, and a role for whom is not signed in. */
const launchable = ({ snapshot }: SystemParts, { caller }: Pick<Call, 'caller'>) =>
  [...snapshot().apps.values()]
    .filter(({ active, launch }) => active && launch.type !== 0)
    .filter(({ id, roleId }) => {
      if (caller.admin || roleId !== undefined) return true
      return caller.user !== undefined && snapshot().assignments.get(Number(caller.user.id))?.has(id) === true
    })
    .map(({ id, name, launch }) => ({
      id,
      name,
      description: launch.description,
      url: launch.url,
      is_default: false,
      allow_fullscreen_toggle: launch.allowFullscreenToggle,
      requires_fullscreen: launch.requiresFullscreen,
      toggle_location: launch.toggleLocation,
    }))

/** Where people can sign in elsewhere, for the buttons of a client. */
const providersOf = ({ account, snapshot }: SystemParts) =>
  [...account.providers].map(([name, { config }]) => ({
    path: `user/session?service=${name}`,
    name,
    label: snapshot().services.find((one) => one.name === name)?.label ?? name,
    verb: ['GET', 'POST'],
    type: 'oidc',
    icon_class: config.icon_class,
  }))

export const environment: SystemResource = {
  name: 'environment',
  label: 'Environment',
  description: 'What a client has to know of this gateway.',
  readOnly: true,
  endpoints: (parts) => [
    endpoint({
      id: 'getEnvironment',
      method: 'GET',
      path: '/environment',
      tags: ['Environment'],
      summary: 'Describe this gateway',
      anonymous: true,
      handle(call) {
        const { caller } = call
        const { login: attribute, forever } = parts.account.settings.sessions
        const { allow_open_registration: open, open_reg_email_service_id: mail } = parts.account.userSettings()
        const payload = { [attribute]: 'string', password: 'string', remember_me: 'bool' }
        const login = (path: string) => ({ path, verb: 'POST', payload })
        const known = caller.admin || caller.role !== undefined || caller.user !== undefined
        return {
          authentication: {
            admin: login('system/admin/session'),
            user: login('user/session'),
            oauth: providersOf(parts),
            adldap: [],
            saml: [],
            allow_open_registration: open,
            open_reg_email_service_id: mail,
            allow_forever_sessions: forever,
            login_attribute: attribute,
          },
          // Whether the first administrator is still to be made, which /setup itself shows to anybody.
          setup: { open: !hasAdministrator(parts.snapshot()) },
          apps: launchable(parts, call),
          ...(known && {
            platform: {
              version: parts.version,
              is_hosted: false,
              is_trial: false,
              license: 'OPEN SOURCE',
              secured_package_export: false,
            },
            config: {
              always_wrap_resources: true,
              resources_wrapper: 'resource',
              db: {
                max_records_returned: 1000,
                time_format: null,
                date_format: null,
                datetime_format: null,
                timestamp_format: null,
              },
            },
            client: {
              user_agent: call.header('user-agent') ?? '',
              ip_address: call.client ?? '',
              locale: call.header('accept-language')?.split(',', 1)[0] ?? '',
            },
          }),
          ...(caller.admin && {
            server: {
              server_os: process.platform,
              release: process.release.name,
              version: process.version,
              host: hostname(),
              machine: process.arch,
            },
            php: {
              core: { php_version: 'none' },
              general: { php_version: 'none', server_api: `node ${process.version}` },
            },
          }),
        }
      },
    }),
  ],
}
