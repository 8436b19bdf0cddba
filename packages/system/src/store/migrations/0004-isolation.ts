import type { Migration } from './index.ts'

export const isolatedServices: Migration = {
  name: '0004-isolation',
  async up({ extend }) {
    await extend('service')
  },
}
