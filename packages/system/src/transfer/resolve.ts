/** References of a document become what they stand for: at the terminal only, all at once. */
import type { GovernanceContext } from '@gw/core/governance'
import type { DocumentRecord, Sections } from './document.ts'

/** Where references are put in: what holds secrets, and the configurations around them. */
const RESOLVED: ReadonlySet<string> = new Set(['config', 'api_key', 'value', 'password_hash', 'security_answer_hash'])
/** Values of other kinds are what they are. */
const TAKEN: Readonly<Record<string, ReadonlySet<string>>> = {
  custom: new Set(),
  event_scripts: new Set(),
}

type Fields = Readonly<Record<string, unknown>>

const pick = (record: DocumentRecord, names: ReadonlySet<string>): Fields => ({
  ...Object.fromEntries(Object.entries(record).filter(([name]) => names.has(name))),
  ...(Array.isArray(record.lookups) && { lookups: record.lookups.map((one: DocumentRecord) => pick(one, RESOLVED)) }),
})

const merge = (record: DocumentRecord, found: Fields): DocumentRecord => ({
  ...record,
  ...found,
  ...(Array.isArray(record.lookups) && {
    lookups: record.lookups.map((one: DocumentRecord, at) => ({ ...one, ...(found.lookups as Fields[])[at] })),
  }),
})

/**
 * @param configured puts in what the environment and files hold, as in `gw.config`
 * @throws ConfigurationError naming every reference that leads nowhere
 */
export const resolveReferences = async (
  sections: Sections,
  configured: GovernanceContext['configured'],
): Promise<Sections> => {
  const wanted = Object.fromEntries(
    Object.entries(sections).map(([name, records]) => [
      name,
      records.map((record) => pick(record, TAKEN[name] ?? RESOLVED)),
    ]),
  )
  const definition = { name: 'import', type: 'import', active: false, config: wanted, source: 'the document' }
  const found = (await configured.resolveSecrets(wanted, definition)) as Readonly<Record<string, readonly Fields[]>>
  return Object.fromEntries(
    Object.entries(sections).map(([name, records]) => [
      name,
      records.map((record, at) => merge(record, found[name]![at]!)),
    ]),
  )
}
