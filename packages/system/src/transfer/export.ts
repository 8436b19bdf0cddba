/** The store as one document. */
import type { Row, RunOptions } from '@gw/records'
import type { Values } from '../rules/rules.ts'
import { type Config, type Path, withSecrets } from '../secrets/config.ts'
import { isEncrypted, placeOf } from '../secrets/keyring.ts'
import { mapTexts } from '../secrets/texts.ts'
import { type Choice, chosenIn, isChosen, type Requirements, requirementsOf } from './choice.ts'
import { type ConfigDocument, type DocumentRecord, FORMAT } from './document.ts'
import { LINKED_TYPES, withNames } from './links.ts'
import type { TransferParts } from './parts.ts'
import { escaped, type ReferenceNames, referenceNames } from './references.ts'
import { type Child, type Named, SECTIONS, type Section } from './sections.ts'
import { readStored, type StoredRows, tableOf } from './stored.ts'

export interface ExportOptions {
  /** Hashes of passwords and of answers to security questions. */
  readonly withPasswords?: boolean
  /** Absent: everything. */
  readonly choice?: Choice | undefined
  readonly signal: AbortSignal
}

interface Telling extends Pick<TransferParts, 'keys' | 'schemaOf'> {
  readonly stored: StoredRows
  readonly references: ReferenceNames
  readonly requirements: Requirements
  readonly withPasswords: boolean
}

/** What a place of a configuration is called: items of lists by their names, where they have some. */
const labelsOf = (path: Path, config: unknown): readonly string[] => {
  let here = config
  return path.map((part) => {
    here = (here as Record<string | number, unknown> | undefined)?.[part]
    const name = typeof part === 'number' ? (here as { name?: unknown } | null)?.name : undefined
    return typeof name === 'string' ? name : String(part)
  })
}

const withoutNulls = (config: Config): Config =>
  Object.fromEntries(Object.entries(config).filter(([, value]) => value !== null && value !== undefined))

const toldConfig = (row: Row, { schemaOf, references, stored }: Telling): Config => {
  const config = withoutNulls((row.config ?? {}) as Config)
  const reference = (path: Path) => references.of(String(row.name), ...labelsOf(path, config))
  // What was a secret of an earlier type is still encrypted, whatever the schema says.
  const texts = mapTexts(config, (text, path) => (isEncrypted(text) ? reference(path) : escaped(text))) as Config
  const told = withSecrets(texts, schemaOf(String(row.type)), (_, path) => reference(path))
  return LINKED_TYPES.has(String(row.type)) ? withNames(told, stored) : told
}

const toldLookup = (row: Row, { keys, references }: Telling, owner: readonly string[]): unknown => {
  if (!row.value) return null
  if (row.private !== false) return references.of(...owner, 'lookup', String(row.name))
  return escaped(keys.decrypt(String(row.value), placeOf('lookup', 'value', Number(row.id))))
}

/** @param owner of the row, for the names of its secrets */
const toldValue = (table: string, name: string, row: Row, telling: Telling, owner: readonly string[]): unknown => {
  if (table === 'service' && name === 'config') return toldConfig(row, telling)
  if (table === 'lookup' && name === 'value') return toldLookup(row, telling, owner)
  if (table === 'app' && name === 'api_key') return telling.references.of('app', String(row.name), 'api_key')
  return row[name] ?? null
}

const HASHES: ReadonlySet<string> = new Set(['password', 'security_answer'])

const toldFields = (
  { table, fields, names = {} }: Pick<Section | Child, 'table' | 'fields' | 'names'>,
  row: Row,
  telling: Telling,
  owner: readonly string[],
): DocumentRecord => ({
  ...Object.fromEntries(
    Object.entries(names).map(([column, { as, table: other }]: [string, Named]) => {
      const name = telling.stored.nameOf(other, row[column])
      if (name !== undefined) telling.requirements.add(other, name)
      return [as, name ?? null]
    }),
  ),
  ...Object.fromEntries(
    fields.flatMap((name): readonly (readonly [string, unknown])[] => {
      if (!HASHES.has(name) || tableOf(table) !== 'user') return [[name, toldValue(table, name, row, telling, owner)]]
      return telling.withPasswords && row[name] ? [[`${name}_hash`, row[name]]] : []
    }),
  ),
})

const toldChild = (section: Section, child: Child, parent: Row, telling: Telling): unknown => {
  const owner = [tableOf(section.table), String(parent[section.key])]
  const rows = telling.stored
    .rows(child.table)
    .filter((row) => row[child.parent] === parent.id)
    .map((row) => toldFields(child, row, telling, owner))
  return child.single ? (rows[0] ?? null) : rows
}

const toldRecord = (section: Section, row: Values, telling: Telling): DocumentRecord => ({
  [section.key]: row[section.key],
  ...toldFields(section, row, telling, []),
  ...Object.fromEntries((section.children ?? []).map((child) => [child.as, toldChild(section, child, row, telling)])),
})

/**
 * Everything that is chosen, at one moment; secrets by the names of variables, never by their values.
 * @throws GwError `invalid_request` naming what is chosen and not there
 */
export const exportConfiguration = async (
  { stored: source, keys, load, schemaOf }: TransferParts,
  { withPasswords = false, choice, signal }: ExportOptions,
): Promise<ConfigDocument> => {
  const stored = await source.transaction!(
    (transaction) => readStored(source, { signal, transaction } as RunOptions),
    signal,
  )
  // Which values are secrets is what the types say; without its type, a service has nothing else.
  for (const type of new Set(stored.rows('service').map((row) => String(row.type))))
    await load(type).catch(() => undefined)
  const references = referenceNames()
  const requirements = requirementsOf()
  const telling: Telling = { keys, schemaOf, stored, references, requirements, withPasswords }
  const chosen = chosenIn(choice, stored)
  const sections = Object.fromEntries(
    SECTIONS.filter(({ name }) => !choice || Object.hasOwn(choice, name)).map((section) => [
      section.name,
      stored
        .rows(section.table)
        .filter((row) => (section.only?.(row) ?? true) && isChosen(chosen, section, row))
        .map((row) => toldRecord(section, row, telling)),
    ]),
  )
  return {
    format: FORMAT,
    exported_at: new Date().toISOString(),
    sections,
    references: references.names(),
    ...(choice && { requires: requirements.beyond(sections) }),
  }
}
