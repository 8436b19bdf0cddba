/** `system/script_type`: the languages that scripts may be in, which are those that really run on this host. */
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
        const scripting = loaded.filter((type) => type?.group === 'Script' && type.engine !== undefined)
        const items = await Promise.all(
          scripting.map(async (type) => {
            const { missing, sandboxed, isolation } = await type!.engine!.inspect()
            const { name, label, description } = type!
            return { name, label, description, sandboxed, supports_inline_execution: true, isolation, missing }
          }),
        )
        const here = items.filter(({ missing }) => missing === undefined).map(({ missing: _, ...item }) => item)
        return rows({ items: here, identifier: ['name'] })
      },
    }),
  ],
}
