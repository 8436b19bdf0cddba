/** The settings that every records service has, for connectors to spread into their configuration schemas. */
import { z } from 'zod'
import type { CacheOptions } from './cache.ts'
import type { RecordsOptions } from './source.ts'

/** The largest page that any setting may ask for (the wire contract §2.4). */
export const PAGE_CEILING = 100_000

/** Seconds that answers are kept where the configuration leaves it open. */
const CACHE_TTL = 300

/**
 * The wire contract's settings of every database service (§12.2 C) as a zod shape:
 * `z.object({ host: …, ...recordsConfigShape })`. Defaults live here and nowhere else.
 */
export const recordsConfigShape = {
  allow_upsert: z.boolean().default(false).meta({
    title: 'Allow Upsert',
    description: 'PUT and PATCH by id, or with a list of records, create the records that do not exist yet.',
  }),
  max_records: z
    .int()
    .positive()
    .default(1000)
    .meta({
      title: 'Maximum Records',
      description: `The most records one read returns, and how many it returns without a limit. At most ${PAGE_CEILING}.`,
    }),
  max_stream_records: z.int().nonnegative().default(0).meta({
    title: 'Maximum Streamed Records',
    description: 'The most records that a read or an import with stream=true may have; 0: any number.',
  }),
  cache_enabled: z.boolean().default(false).meta({
    title: 'Data Retrieval Caching Enabled',
    description:
      'Keeps the answers to reads, for each table, role and set of parameters. Writes through this service empty the cache; what other programs write is seen when the time is up.',
  }),
  cache_ttl: z
    .int()
    .nonnegative()
    .max(31_536_000)
    .default(0)
    .meta({
      title: 'Cache Time To Live (seconds)',
      description: `How long an answer is kept where caching is enabled; 0: ${CACHE_TTL}.`,
    }),
} as const

/** A configuration that has passed a schema holding `recordsConfigShape`. */
export interface RecordsConfig {
  readonly allow_upsert: boolean
  readonly max_records: number
  readonly max_stream_records: number
  readonly cache_enabled: boolean
  readonly cache_ttl: number
}

/** What the endpoints need of a parsed configuration. */
export const recordsOptions = (config: RecordsConfig): RecordsOptions => ({
  allowUpsert: config.allow_upsert,
  maxRecords: Math.min(config.max_records, PAGE_CEILING),
  maxStreamRecords: config.max_stream_records,
})

/** How long answers are kept, for `cachedSource`. */
export const cacheOptions = ({ cache_enabled, cache_ttl }: RecordsConfig): CacheOptions => ({
  ttl: cache_enabled ? (cache_ttl || CACHE_TTL) * 1000 : 0,
})
