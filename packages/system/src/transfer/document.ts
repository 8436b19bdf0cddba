/** A configuration document, and what of one can be read in. */
import { GwError } from '@gw/core'
import { stringify } from 'yaml'
import { z } from 'zod'
import { SECTIONS } from './sections.ts'

export const FORMAT = 'dreamfactory.config/v1'

export type DocumentRecord = Readonly<Record<string, unknown>>
export type Sections = Readonly<Record<string, readonly DocumentRecord[]>>

export interface ConfigDocument {
  readonly format: typeof FORMAT
  readonly exported_at: string
  readonly sections: Sections
  /** Names of the variables that its secrets are read from. */
  readonly references: readonly string[]
  /** What its records refer to and it does not hold, by section. Absent where it holds everything. */
  readonly requires?: Readonly<Record<string, readonly string[]>>
}

/** Most records of one section. */
const MOST_RECORDS = 100_000

const record = z.record(z.string(), z.unknown())
const manifest = z
  .looseObject({
    format: z.literal(FORMAT).optional(),
    ...Object.fromEntries(SECTIONS.map(({ name }) => [name, z.array(record).max(MOST_RECORDS).optional()])),
  })
  .refine((given) => given.format !== undefined || SECTIONS.some(({ name }) => given[name] !== undefined), {
    message: `needs the format ${FORMAT}`,
  })

/**
 * The sections of a document; what else it holds is left alone.
 * @param given a document, or an object that holds one as `manifest`
 * @throws GwError `invalid_request`
 */
export const sectionsIn = (given: unknown): Sections => {
  const bare = z.looseObject({ manifest: record }).safeParse(given)
  const result = manifest.safeParse(bare.success ? bare.data.manifest : given)
  if (!result.success) {
    const problems = result.error.issues.map(({ path, message }) => `${path.join('.') || 'the document'}: ${message}`)
    throw new GwError('invalid_request', `This is no configuration document. ${problems.slice(0, 10).join('; ')}.`)
  }
  const found = result.data as Readonly<Record<string, unknown>>
  return Object.fromEntries(
    SECTIONS.flatMap(({ name }) => (found[name] === undefined ? [] : [[name, found[name] as DocumentRecord[]]])),
  )
}

/** As it is written to a file or told over the API. */
export const writtenDocument = ({
  format,
  exported_at,
  sections,
  references,
  requires,
}: ConfigDocument): DocumentRecord => ({
  format,
  exported_at,
  ...sections,
  references,
  ...(requires && { requires }),
})

/** As a file that people read. */
export const documentText = (document: DocumentRecord, format: 'json' | 'yaml'): string =>
  format === 'yaml' ? stringify(document, { lineWidth: 0 }) : `${JSON.stringify(document, null, 2)}\n`
