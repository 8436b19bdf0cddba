/** `system/audit`: who changed what, which is only read. Gw's own. */
import type { SystemResource } from './resource.ts'

export const audit: SystemResource = {
  name: 'audit',
  label: 'Audit trail',
  description: 'Who changed what of this gateway, before and after.',
  readOnly: true,
  endpoints: ({ collection }) =>
    collection({
      path: '/audit',
      table: 'audit',
      names: ['AuditEntry', 'AuditEntries'],
      tag: 'Audit trail',
    }).filter(({ method }) => method === 'GET'),
}
