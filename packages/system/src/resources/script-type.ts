/** `system/script_type`: the languages that scripts may be in, which are the installed service types of that group. */
import { endpoint, rows } from '@gw/core'
import type { SystemResource } from './resource.ts'

export const scriptType: SystemResource = {
  name: 'script_type',
  label: 'Script types',
  description: 'The languages that scripts may be in.',
  readOnly: true,
  endpoints: ({ types }) => [
    endpoint({
      id: 'getScriptTypes',
      method: 'GET',
      path: '/script_type',
      tags: ['Script types'],
      summary: 'List script types',
      async handle() {
        const loaded = await Promise.all(types.types().map(({ name }) => types.load(name).catch(() => undefined)))
        const items = loaded
          .filter((type) => type?.group === 'Script')
          .map((type) => ({
            name: type!.name,
            label: type!.label,
            description: type!.description,
            sandboxed: true,
            supports_inline_execution: true,
          }))
        return rows({ items, identifier: ['name'] })
      },
    }),
  ],
}
