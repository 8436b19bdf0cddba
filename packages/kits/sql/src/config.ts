/** The settings that every SQL service has, for connectors to spread into their configuration schemas. */
import { recordsConfigShape } from '@gw/records'
import { z } from 'zod'
import type { QueueOptions } from './driver/queue.ts'

/** Defaults live here and nowhere else. */
export const sqlConfigShape = {
  ...recordsConfigShape,
  schema_refresh: z.int().nonnegative().max(86_400).default(300).meta({
    title: 'Schema Refresh (seconds)',
    description:
      'How often the tables are looked up again in the background, so that a changed schema is seen. 0: only when asked for, or when a statement meets the change.',
  }),
  queue_limit: z.int().min(0).max(100_000).default(200).meta({
    title: 'Queue Limit',
    description:
      'How many calls may wait for a connection (in SQLite: for the writer before them) while all are in use. One more is refused at once, with 503 and `Retry-After`.',
  }),
  queue_timeout: z.int().min(1).max(300).default(10).meta({
    title: 'Queue Timeout (seconds)',
    description: 'How long a call may wait there, before it is refused in the same way.',
  }),
  stream_limit: z.int().min(1).max(1000).default(4).meta({
    title: 'Stream Limit',
    description:
      'How many answers may be streamed at the same time, each of which keeps a connection as long as its reader likes. One more is refused with 503 and `Retry-After`. Always fewer than there are connections, if there is more than one.',
  }),
  idempotency_keys: z.boolean().default(false).meta({
    title: 'Idempotency Keys',
    description:
      'Writes may have an `Idempotency-Key`, by which they can be sent again without being done twice. Their answers are kept for 24 hours in the table `gw_idempotency_keys` of this database, which is made when the first one comes.',
  }),
  json_as_text: z.boolean().default(false).meta({
    title: 'JSON As Text',
    description: 'JSON columns are read as texts that hold JSON, rather than as the values themselves.',
  }),
} as const

const values = (title: string, description: string) =>
  z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .default({})
    .meta({ title, description })

/** The wire contract's driver extras (§12.2 B); what they mean is each connector's to say. */
export const driverExtras = (meaning: { readonly options: string; readonly attributes: string }) => ({
  options: values('Driver Options', meaning.options),
  attributes: values('Driver Attributes', meaning.attributes),
  statements: z.array(z.string().min(1)).default([]).meta({
    title: 'Additional SQL Statements',
    description: 'Run once on every new connection, in this order.',
  }),
})

/** What the settings say of waiting. */
export const queueOptions = (config: {
  readonly queue_limit: number
  readonly queue_timeout: number
}): QueueOptions => ({
  limit: config.queue_limit,
  patience: config.queue_timeout * 1000,
})
