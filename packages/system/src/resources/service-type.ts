/** `system/service_type`: the installed types, with their settings as forms are drawn from (platform.md §4.1). */
import { endpoint, GwError, rows, type ServiceType } from '@gw/core'
import { z } from 'zod'
import { descriptorsOf } from './descriptors.ts'
import type { SystemParts, SystemResource } from './resource.ts'

const EDITABLE: ReadonlySet<string> = new Set(['Remote Service', 'Script'])

const describe = (type: ServiceType) => {
  const schema = type.config['~standard'].jsonSchema.input({ target: 'draft-2020-12' })
  return {
    name: type.name,
    label: type.label,
    description: type.description,
    group: type.group,
    singleton: type.singleton === true,
    dependencies_required: null,
    subscription_required: null,
    service_definition_editable: EDITABLE.has(type.group),
    config_schema: descriptorsOf(schema),
    // The same, with what the wire contract's list has no words for: settings inside settings, ranges, patterns.
    config_json_schema: schema,
  }
}

/** A connector that can not be loaded is left out: what it lacks is the operator's to mend (`gw connectors`). */
const loaded = async ({ types }: SystemParts): Promise<readonly ServiceType[]> => {
  const names = [...new Set(types.types().map(({ name }) => name))]
  const found = await Promise.all(names.map((name) => types.load(name).catch(() => undefined)))
  return [...new Set(found)].filter((type) => type !== undefined)
}

export const serviceType: SystemResource = {
  name: 'service_type',
  label: 'Service types',
  description: 'The kinds of services that can be made.',
  readOnly: true,
  endpoints: (parts) => [
    endpoint({
      id: 'getServiceTypes',
      method: 'GET',
      path: '/service_type',
      tags: ['Service types'],
      summary: 'List service types',
      query: z.object({
        group: z.string().optional().meta({ description: 'Only of these groups, separated by commas.' }),
      }),
      async handle(call) {
        const groups = (call.query.group ?? '')
          .toLowerCase()
          .split(',')
          .map((one) => one.trim())
          .filter((one) => one !== '')
        const items = (await loaded(parts))
          .filter(({ group }) => groups.length === 0 || groups.includes(group.toLowerCase()))
          .map(describe)
        return rows({ items, identifier: ['name'] })
      },
    }),
    endpoint({
      id: 'getServiceType',
      method: 'GET',
      path: '/service_type/{name}',
      tags: ['Service types'],
      summary: 'Describe a service type',
      params: z.object({ name: z.string().meta({ description: 'Its name.' }) }),
      errors: ['not_found'],
      async handle(call) {
        const { name } = call.params
        const type = (await loaded(parts)).find((one) => one.name === name || one.aliases?.includes(name))
        if (!type) throw new GwError('not_found', `Service type '${name}' not found.`)
        return describe(type)
      },
    }),
  ],
}
