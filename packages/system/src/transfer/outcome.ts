/** What became of a document that was read in. */
import { SECTIONS } from './sections.ts'

export interface Remark {
  readonly section: string
  /** Of the record; empty where all of it is meant. */
  readonly name: string
  readonly message: string
}

export const FATES = ['created', 'updated', 'skipped'] as const
export type Fate = (typeof FATES)[number]
type Names = Readonly<Record<string, readonly string[]>>

export interface Outcome extends Readonly<Record<Fate, Names>> {
  /** Whether everything that could be read in is stored. */
  readonly success: boolean
  readonly dry_run: boolean
  readonly errors: readonly Remark[]
  /** What came over otherwise than it stands in the document. */
  readonly notes: readonly Remark[]
}

export interface Notebook {
  is(section: string, fate: Fate, name: string): void
  error(section: string, name: string, message: string): void
  note(section: string, name: string, message: string): void
  /** How many errors there are. */
  count(): number
  outcome(options: {
    readonly dryRun: boolean
    readonly undone: boolean
    readonly sections: readonly string[]
  }): Outcome
}

/** The contract names these three, whatever a document holds (platform.md §3.16). */
const ALWAYS: ReadonlySet<string> = new Set(['services', 'roles', 'apps'])

export const notebook = (): Notebook => {
  const fates: { readonly section: string; readonly fate: Fate; readonly name: string }[] = []
  const errors: Remark[] = []
  const notes: Remark[] = []
  const namesOf = (fate: Fate, sections: readonly string[]): Names =>
    Object.fromEntries(
      SECTIONS.filter(({ name }) => ALWAYS.has(name) || sections.includes(name)).map(({ name: section }) => [
        section,
        fates.filter((one) => one.section === section && one.fate === fate).map(({ name }) => name),
      ]),
    )
  const none = (sections: readonly string[]): Names =>
    Object.fromEntries(Object.keys(namesOf('created', sections)).map((section) => [section, []]))
  return {
    is: (section, fate, name) => void fates.push({ section, fate, name }),
    error: (section, name, message) => void errors.push({ section, name, message }),
    note: (section, name, message) => void notes.push({ section, name, message }),
    count: () => errors.length,
    outcome: ({ dryRun, undone, sections }) => ({
      success: !undone,
      dry_run: dryRun,
      // Of what was undone, nothing has been made.
      created: undone ? none(sections) : namesOf('created', sections),
      updated: undone ? none(sections) : namesOf('updated', sections),
      skipped: namesOf('skipped', sections),
      errors,
      notes,
    }),
  }
}
