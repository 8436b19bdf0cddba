/** `system/service_type`: the installed types, with their settings as forms are drawn from (platform.md §4.1). */
import { endpoint, GwError, rows, type ServiceType } from '@gw/core'
import { z } from 'zod'
import { type Choices, choicesFor } from './choices.ts'
import { descriptorsOf } from './descriptors.ts'
import type { SystemParts, SystemResource } from './resource.ts'

const EDITABLE: ReadonlySet<string> = new Set(['Remote Service', 'Script'])

const describe = (type: ServiceType, choices: Choices) => {
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
    config_schema: descriptorsOf(schema, choices),
    // The same, with what the wire contract's list has no words for: settings inside settings, ranges, patterns.
    config_json_schema: schema,
  }
}

/** A type whose settings can not be described is left out, as one that can not be loaded. */
const described = (type: ServiceType, choices: Choices) => {
  try {
    return [describe(type, choices)]
  } catch {
    return []
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
        fields: z.string().optional().meta({ description: 'What to tell of each, separated by commas.' }),
      }),
      async handle(call) {
        const groups = (call.query.group ?? '')
          .toLowerCase()
          .split(',')
          .map((one) => one.trim())
          .filter((one) => one !== '')
        const types = await loaded(parts)
        const choices = choicesFor(parts, call, types)
        const items = types
          .filter(({ group }) => groups.length === 0 || groups.includes(group.toLowerCase()))
          .flatMap((type) => described(type, choices))
        return rows({ items, identifier: ['name'], listing: call.query.fields !== undefined })
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
        const types = await loaded(parts)
        const type = types.find((one) => one.name === name || one.aliases?.includes(name))
        if (!type) throw new GwError('not_found', `Service type '${name}' not found.`)
        return describe(type, choicesFor(parts, call, types))
      },
    }),
  ],
}
