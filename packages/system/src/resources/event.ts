/** `system/event`: the names that scripts and webhooks hang on (platform.md §3.13, §11), read from the endpoints. */
import { type Endpoint, endpoint, type Resource, rows } from '@gw/core'
import type { RunningService } from '@gw/core/governance'
import { z } from 'zod'
import type { SystemResource } from './resource.ts'
import { sees } from './seeing.ts'

const STAGES = ['pre_process', 'post_process', 'queued'] as const

interface EventPath {
  readonly type: 'api'
  readonly endpoints: readonly string[]
  readonly parameter: Readonly<Record<string, readonly string[]>> | null
}

const pathOf = (service: string, { path }: Endpoint): string =>
  [
    service,
    ...path
      .split('/')
      .filter((part) => part !== '')
      .map((part) => part.replace('*}', '}')),
  ].join('.')

/** What stands for the placeholder of a path: the names that the service lists below the same branch. */
const parametersOf = (path: string, resources: readonly Resource[]): EventPath['parameter'] => {
  const segments = path.split('.').slice(1)
  const at = segments.findIndex((segment) => segment.startsWith('{'))
  if (at < 0) return null
  const branch = `${segments.slice(0, at).join('/')}/`
  const names = resources.flatMap(({ component }) =>
    component.startsWith(branch) ? component.slice(branch.length) : [],
  )
  return { [segments[at]!.slice(1, -1)]: names }
}

/** How long a source may take to say what is in it, in ms. */
const PATIENCE = 5_000

const eventsOf = async ({ definition, endpoints, resources }: RunningService, scriptable: boolean) => {
  const listed = await resources(AbortSignal.timeout(PATIENCE)).catch(() => [])
  const byPath = Map.groupBy(
    endpoints.filter(({ hidden }) => !hidden),
    (one) => pathOf(definition.name, one),
  )
  return Object.fromEntries(
    [...byPath].map(([path, own]): [string, EventPath] => {
      const names = own.map(({ method }) => `${path}.${method.toLowerCase()}`)
      return [
        path,
        {
          type: 'api',
          endpoints: names.flatMap((name) =>
            scriptable ? [name, ...STAGES.map((stage) => `${name}.${stage}`)] : [name],
          ),
          parameter: parametersOf(path, listed),
        },
      ]
    }),
  )
}

const flag = z
  .stringbool({ truthy: ['true', '1', 'yes', 'on', 'y', 't'] })
  .optional()
  .catch(false)

export const event: SystemResource = {
  name: 'event',
  label: 'Events',
  description: 'The events that scripts may hang on.',
  readOnly: true,
  endpoints: (parts) => [
    endpoint({
      id: 'getEvents',
      method: 'GET',
      path: '/event',
      tags: ['Events'],
      summary: 'List events',
      description: 'By service and path; with as_list=true as names, with services_only=true the services alone.',
      query: z.object({
        service: z.string().optional().meta({ description: 'Only those of this service.' }),
        scriptable: flag.meta({ description: 'Add the stages that scripts may hang on.' }),
        services_only: flag.meta({ description: 'Answer the names of services.' }),
        as_list: flag.meta({ description: 'Answer names.' }),
      }),
      async handle(call) {
        const { service, scriptable = false, services_only, as_list } = call.query
        const wanted = service?.toLowerCase()
        const services = sees(parts, call).filter(
          ({ definition, endpoints }) =>
            endpoints.length > 0 && (wanted === undefined || definition.name.toLowerCase() === wanted),
        )
        if (services_only) return rows({ items: services.map(({ definition }) => definition.name) })
        const found = await Promise.all(
          services.map(async (one) => [one.definition.name, await eventsOf(one, scriptable)] as const),
        )
        if (!as_list) return Object.fromEntries(found)
        const names = found.flatMap(([, paths]) => Object.values(paths).flatMap(({ endpoints }) => endpoints))
        return rows({ items: names })
      },
    }),
  ],
}
