/** `system/cache`: what services keep of their sources, forgotten on demand (platform.md §3.12). */
import { endpoint, GwError, rows } from '@gw/core'
import { z } from 'zod'
import type { SystemParts, SystemResource } from './resource.ts'
import { sees } from './seeing.ts'

const success = z.object({ success: z.boolean() }).meta({ title: 'Success' })

/** @throws GwError where the caller sees no such service, or it keeps nothing */
const forget = async (parts: SystemParts, call: Parameters<typeof sees>[1], name: string) => {
  const found = sees(parts, call).find(({ definition }) => definition.name.toLowerCase() === name)
  if (!found) throw new GwError('not_found', `Could not find a service for ${name}`)
  if (!found.flush) throw new GwError('not_supported', 'Service does not implement API controlled cache.')
  await found.flush()
  await parts.outdate([name])
  return { success: true }
}

export const cache: SystemResource = {
  name: 'cache',
  label: 'Caches',
  description: 'What services keep of their sources.',
  endpoints: (parts) => {
    const common = { tags: ['Caches'] } as const
    return [
      endpoint({
        ...common,
        id: 'getCaches',
        method: 'GET',
        path: '/cache',
        summary: 'List services with what they keep',
        handle(call) {
          const items = sees(parts, call).map(({ definition, type }) => ({
            name: definition.name,
            label: definition.label ?? definition.name,
            description: definition.description ?? type?.description ?? '',
            type: definition.type,
          }))
          return rows({ items, identifier: ['name'], listing: true })
        },
      }),
      endpoint({
        ...common,
        id: 'deleteCaches',
        method: 'DELETE',
        path: '/cache',
        summary: 'Forget everything that is kept',
        response: success,
        async handle() {
          await parts.reload()
          const keeping = (parts.gateway()?.services() ?? []).filter(({ flush }) => flush)
          for (const { flush } of keeping) await flush?.()
          await parts.outdate(keeping.map(({ definition }) => definition.name))
          return { success: true }
        },
      }),
      endpoint({
        ...common,
        id: 'deleteCache',
        method: 'DELETE',
        path: '/cache/{service}',
        summary: 'Forget what a service keeps',
        params: z.object({ service: z.string().meta({ description: 'Its name.' }) }),
        response: success,
        errors: ['not_found', 'not_supported'],
        handle: (call) => forget(parts, call, call.params.service.toLowerCase()),
      }),
      endpoint({
        ...common,
        id: 'deleteScriptCache',
        method: 'DELETE',
        path: '/cache/_event/{script}',
        summary: 'Read a script anew from where it is kept',
        description:
          'Of an event, or of a service that runs a script. Nodes look again by themselves after a few seconds.',
        params: z.object({ script: z.string().meta({ description: 'The name of the event, or of the service.' }) }),
        response: success,
        errors: ['not_found', 'not_supported'],
        handle: async (call) =>
          parts.forgetScript(call.params.script)
            ? { success: true }
            : forget(parts, call, call.params.script.toLowerCase()),
      }),
    ]
  },
}
