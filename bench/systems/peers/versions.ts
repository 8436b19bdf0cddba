/** Every package of every peer, with its version. Raise them here; `pnpm bench --peers` installs what has changed. */
export const VERSIONS = {
  platformatic: { '@platformatic/db': '3.67.0' },
  postgraphile: { postgraphile: '5.1.5' },
  feathers: {
    '@feathersjs/feathers': '5.0.50',
    '@feathersjs/koa': '5.0.50',
    '@feathersjs/knex': '5.0.50',
    knex: '3.3.0',
    pg: '8.23.1',
  },
  directus: { directus: '12.4.0' },
  nocodb: { nocodb: '0.301.3' },
} as const

/** Dependencies of theirs that can't be had as they are, and what stands in; nothing that is measured uses them. */
export const OVERRIDES: Readonly<Partial<Record<keyof typeof VERSIONS, Readonly<Record<string, string>>>>> = {
  // The version it names compiles itself against headers from elsewhere; this one carries its binary.
  directus: { 'isolated-vm': '7.0.1' },
  nocodb: {
    // Spreadsheets, which it takes from a vendor's server.
    xlsx: '0.18.5',
    // It loads a SQLite at its start, whatever its database is; this one carries its binary.
    sqlite3: 'npm:better-sqlite3@13.2.0',
  },
}
