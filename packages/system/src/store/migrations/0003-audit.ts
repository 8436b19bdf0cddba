import { audit } from '../tables.ts'
import type { Migration } from './index.ts'

export const auditTrail: Migration = {
  name: '0003-audit',
  async up({ create }) {
    await create([audit])
  },
}
