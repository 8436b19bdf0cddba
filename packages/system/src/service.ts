/** The service type `system`: every resource below one service. */
import {
  type Call,
  defineServiceType,
  type Endpoint,
  endpoint,
  isTrue,
  METHODS,
  type Method,
  type Resource,
  rows,
  type ServiceType,
} from '@gw/core'
import { z } from 'zod'
import { RESOURCES, type SystemParts, type SystemResource } from './resources/index.ts'

/** Settings of the service `system` itself (platform.md §4.3). */
const reference = (title: string, description: string) => z.int().nullable().default(null).meta({ title, description })
export const systemConfigType = z.looseObject({
  default_app_id: reference('Default App', 'The app that users begin with.'),
  invite_email_service_id: reference('Invite E-mail Service', 'The service that sends invitations to administrators.'),
  invite_email_template_id: reference('Invite E-mail Template', 'The text of these invitations.'),
  password_email_service_id: reference('Password E-mail Service', 'The service that sends codes for a new password.'),
  password_email_template_id: reference('Password E-mail Template', 'The text of these messages.'),
})

const verbsOn = (call: Pick<Call, 'access'>, name: string): readonly Method[] =>
  METHODS.filter((method) => {
    try {
      call.access(name, method)
      return true
    } catch {
      return false
    }
  })

const root = (resources: readonly SystemResource[]): Endpoint =>
  endpoint({
    id: 'getSystemResources',
    method: 'GET',
    path: '/',
    tags: ['System'],
    summary: 'List the resources of this service',
    query: z.object({
      as_access_list: z.string().optional().meta({ description: 'Answer the component names that roles are made of.' }),
      include_access: z.string().optional().meta({ description: 'Add what the caller may do with each.' }),
    }),
    handle(call) {
      const access = new Map(resources.map(({ name }) => [name, verbsOn(call, name)]))
      const visible = resources.filter(({ name }) => access.get(name)!.length > 0)
      if (isTrue(call.query.as_access_list)) {
        return rows({ items: ['', '*', ...visible.flatMap(({ name }) => [`${name}/`, `${name}/*`])] })
      }
      const items = visible.map(({ name, label, description, readOnly = false }) => ({
        name,
        label,
        description,
        class_name: null,
        singleton: false,
        read_only: readOnly,
        subscription_required: null,
        ...(isTrue(call.query.include_access) && { access: access.get(name) }),
      }))
      return rows({ items, identifier: ['name'], listing: true })
    },
  })

/** @param parts what the resources are made of */
export const systemServiceType = (parts: SystemParts, resources: readonly SystemResource[] = RESOURCES): ServiceType =>
  defineServiceType({
    contract: 1,
    name: 'system',
    label: 'System Management',
    description: 'Services, roles, apps, users and whatever else this gateway keeps.',
    group: 'System',
    singleton: true,
    config: systemConfigType,
    // No row filters or field rules: a role that has some here is refused, not trusted.
    create: (settings, host) => ({
      endpoints: [root(resources), ...resources.flatMap((resource) => resource.endpoints(parts, settings, host))],
      resources: async (): Promise<readonly Resource[]> =>
        resources.map(({ name, label, readOnly }) => ({
          component: name,
          kind: 'resource',
          label,
          ...(readOnly && { methods: ['GET'] }),
        })),
    }),
  })
