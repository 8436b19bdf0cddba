import { SESSION_TABLES } from '../session-tables.ts'
import type { Migration } from './index.ts'

export const sessions: Migration = {
  name: '0002-sessions',
  async up({ create, extend, seed }) {
    await extend('user')
    await create(SESSION_TABLES)
    await seed('revision', 'name', { name: 'session', value: 1 })
  },
}
