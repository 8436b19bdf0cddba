/** `system/constant`: there are none any more, and clients that ask find that out. */
import { endpoint, rows } from '@gw/core'
import type { SystemResource } from './resource.ts'

export const constant: SystemResource = {
  name: 'constant',
  label: 'Constants',
  description: 'None; kept for clients that ask.',
  readOnly: true,
  endpoints: () => [
    endpoint({
      id: 'getConstants',
      method: 'GET',
      path: '/constant',
      tags: ['Constants'],
      summary: 'List constants',
      handle: () => rows({ items: [] }),
    }),
  ],
}
