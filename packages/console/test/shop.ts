/** A database of SQLite, as a service called `shop`. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Api, Gateway } from './gateway.ts'

/** @param tables by name: their fields, as the API takes them, beside an `id` */
export const makeShop = async (
  api: Api,
  { folder }: Pick<Gateway, 'folder'>,
  tables: Readonly<Record<string, readonly object[]>>,
  label = 'Shop',
): Promise<void> => {
  const database = join(folder, 'shop.db')
  // An empty file is an empty database.
  writeFileSync(database, '')
  await api('POST', 'system/service', {
    resource: [{ name: 'shop', label, type: 'sqlite', is_active: true, config: { database } }],
  })
  const resource = Object.entries(tables).map(([name, own]) => ({ name, field: [{ name: 'id', type: 'id' }, ...own] }))
  await api('POST', 'shop/_schema', { resource })
}
