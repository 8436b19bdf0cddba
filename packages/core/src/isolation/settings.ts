/** What a service's `isolation` says. */
import { z } from 'zod'

const UNITS = { kb: 2 ** 10, mb: 2 ** 20, gb: 2 ** 30 } as const
/** Bytes. Below this, Node itself has no room. */
const LEAST = 128 * UNITS.mb

const bytesIn = (text: string): number => {
  const [, number, unit] = /^(\d+)(kb|mb|gb)$/i.exec(text) ?? []
  return Number(number) * UNITS[unit?.toLowerCase() as keyof typeof UNITS]
}

const memory = z
  .string()
  .regex(/^\d+(kb|mb|gb)$/i, 'must be a number with kb, mb or gb, for example 256mb')
  .refine((text) => bytesIn(text) >= LEAST, `must be at least ${LEAST / UNITS.mb}mb`)
  .default('512mb')
  .meta({
    title: 'Memory',
    description: 'How much memory its process may have; one that takes more is ended and started anew.',
  })

export const isolation = z
  .union([
    z.literal('process'),
    z.strictObject({
      process: z.strictObject({ memory }).meta({ title: 'Process', description: 'The bounds of its process.' }),
    }),
  ])
  .optional()
  .meta({
    title: 'Isolation',
    description:
      '`process` runs its connector in a process of its own: one that ends, hangs or takes too much memory costs no other service. With bounds: `{ "process": { "memory": "256mb" } }`.',
  })

export type Isolation = NonNullable<z.output<typeof isolation>>

/** What is kept of a service elsewhere than in `gw.config`; `undefined` where it is none. */
export const isolationIn = (value: unknown): Isolation | undefined => {
  const read = isolation.safeParse(value ?? undefined)
  return read.success ? read.data : undefined
}

/** Bytes that the process may have. */
export const memoryOf = (wanted: Isolation): number => bytesIn(wanted === 'process' ? '512mb' : wanted.process.memory)
