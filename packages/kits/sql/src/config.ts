/** The settings that every SQL service has, for connectors to spread into their configuration schemas. */
import { recordsConfigShape } from '@gw/records'
import { z } from 'zod'

/** Defaults live here and nowhere else. */
export const sqlConfigShape = {
  ...recordsConfigShape,
  schema_refresh: z.int().nonnegative().max(86_400).default(300).meta({
    title: 'Schema Refresh (seconds)',
    description:
      'How often the tables are looked up again in the background, so that a changed schema is seen. 0: only when asked for, or when a statement meets the change.',
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
