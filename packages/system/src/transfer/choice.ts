/** Which records a document is to hold, and what those refer to that it does not hold. */
import { GwError } from '@gw/core'
import type { Row } from '@gw/records'
import type { Sections } from './document.ts'
import { NAME_OF, type Named, SECTIONS, type Section } from './sections.ts'
import type { StoredRows } from './stored.ts'

/** Names of records by section; `*`: all of it. A section that is not named stays out. */
export type Choice = Readonly<Record<string, '*' | readonly string[]>>

/** The same, as it is looked up. */
export type Chosen = ReadonlyMap<string, '*' | ReadonlySet<string>>

const lower = (name: unknown): string => String(name).toLowerCase()

const namesOf = (section: Section, stored: StoredRows): ReadonlySet<string> =>
  new Set(
    stored
      .rows(section.table)
      .filter((row) => section.only?.(row) ?? true)
      .map((row) => lower(row[section.key])),
  )

/**
 * Names mean records whatever their case.
 * @throws GwError `invalid_request` naming each that is not there
 */
export const chosenIn = (choice: Choice | undefined, stored: StoredRows): Chosen | undefined => {
  if (!choice) return undefined
  const missing: string[] = []
  const chosen = SECTIONS.flatMap((section): readonly (readonly [string, '*' | ReadonlySet<string>])[] => {
    const names = choice[section.name]
    if (names === undefined || names === '*') return names ? [[section.name, names]] : []
    const known = namesOf(section, stored)
    for (const name of names) if (!known.has(lower(name))) missing.push(`'${name}' in ${section.name}`)
    return [[section.name, new Set(names.map(lower))]]
  })
  if (missing.length > 0) throw new GwError('invalid_request', `There is no ${missing.join(', no ')}.`)
  return new Map(chosen)
}

export const isChosen = (chosen: Chosen | undefined, { name, key }: Section, row: Row): boolean => {
  const names = chosen?.get(name)
  return !chosen || names === '*' || names?.has(lower(row[key])) === true
}

const SECTIONS_OF: Readonly<Record<Named['table'], readonly string[]>> = {
  service: ['services'],
  role: ['roles'],
  app: ['apps'],
  user: ['users', 'admins'],
}

export interface Requirements {
  /** A record refers to another one. */
  add(table: Named['table'], name: string): void
  /** What is referred to and is not among these records, by section: it has to be there before they are read in. */
  beyond(sections: Sections): Readonly<Record<string, readonly string[]>>
}

export const requirementsOf = (): Requirements => {
  const named = new Map<Named['table'], Set<string>>()
  return {
    add(table, name) {
      if (!named.has(table)) named.set(table, new Set())
      named.get(table)!.add(name)
    },
    beyond: (sections) =>
      Object.fromEntries(
        [...named].flatMap(([table, names]): readonly (readonly [string, readonly string[]])[] => {
          const records = SECTIONS_OF[table].flatMap((section) => sections[section] ?? [])
          const own = new Set(records.map((record) => lower(record[NAME_OF[table]])))
          const others = [...names].filter((name) => !own.has(lower(name))).sort()
          return others.length > 0 ? [[SECTIONS_OF[table][0]!, others]] : []
        }),
      ),
  }
}
