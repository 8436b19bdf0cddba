/** Reads a document in: within one transaction, through the rules that hold for every other change. */
import { type Caller, GwError } from '@gw/core'
import type { RunOptions } from '@gw/records'
import { invalid, type Values } from '../rules/rules.ts'
import type { DocumentRecord, Sections } from './document.ts'
import { LINKED_TYPES } from './links.ts'
import { type Notebook, notebook, type Outcome } from './outcome.ts'
import type { TransferParts } from './parts.ts'
import { type Child, SECTIONS, type Section } from './sections.ts'
import { withConfig } from './service.ts'
import { readStored, type StoredRows, tableOf } from './stored.ts'
import { differences, openedRow, type Wanting, wantedValues } from './wanted.ts'
import { type Writer, writerOf } from './writing.ts'

export interface ImportOptions {
  /** Records that are there already are changed; otherwise they stay. */
  readonly overwrite?: boolean
  /** Everything is tried, and nothing stays. */
  readonly dryRun?: boolean
  /** What can not be read in is left out; otherwise nothing is read in. */
  readonly lenient?: boolean
  /** Secrets that stand as references stay what they are in the store. */
  readonly keepsReferences?: boolean
  /** Hashes of passwords are taken. */
  readonly hashes?: boolean
  readonly caller: Caller
  readonly signal: AbortSignal
}

interface Reading extends Required<Pick<ImportOptions, 'overwrite' | 'lenient' | 'keepsReferences' | 'hashes'>> {
  readonly parts: TransferParts
  readonly stored: StoredRows
  readonly writer: Writer
  readonly notes: Notebook
}

/** What is wrong with a record, as opposed to with the store. */
const REFUSALS: ReadonlySet<string> = new Set(['invalid_request', 'forbidden', 'not_found', 'conflict'])
const refusalOf = (error: unknown): string => {
  if (GwError.is(error) && REFUSALS.has(error.code)) return error.message.replace(/^Invalid data supplied\. /, '')
  throw error
}

const wantingFor = (reading: Reading, section: Section, name: string): Wanting => ({
  names: reading.stored,
  keepsReferences: reading.keepsReferences,
  hashes: reading.hashes,
  note: (message) => reading.notes.note(section.name, name, message),
})

/** Who has no rows of these is less restricted, not more. */
const RESTRICTING: ReadonlySet<string> = new Set(['role_service_access', 'user_to_app_to_role'])

const childRows = (child: Child, given: unknown): readonly DocumentRecord[] => {
  const list = child.single ? (given === null ? [] : [given]) : given
  if (!Array.isArray(list) || !list.every((one) => typeof one === 'object' && one !== null))
    throw invalid({ [child.as]: [`The ${child.as} must be ${child.single ? 'an object' : 'a list of objects'}.`] })
  return list
}

interface Family {
  readonly section: Section
  readonly name: string
  readonly id: number
}

/** Makes the rows of one record what the document says. @returns whether all could be, and any has changed */
const readChildren = async (child: Child, given: unknown, family: Family, reading: Reading) => {
  const { stored, writer, notes, parts } = reading
  const wanting = wantingFor(reading, family.section, family.name)
  const left = stored.rows(child.table).filter((row) => row[child.parent] === family.id)
  const late: { readonly values: Values; readonly row: Values | undefined }[] = []
  let whole = true
  for (const record of childRows(child, given)) {
    try {
      const known = left.some((row) => row.name !== undefined && row.name === record.name)
      const values = { ...wantedValues(child, record, known, wanting), [child.parent]: family.id }
      const at = left.findIndex((row) => child.same.every((name) => (values as Values)[name] === row[name]))
      late.push({ values, row: at < 0 ? undefined : left.splice(at, 1)[0] })
    } catch (error) {
      whole = false
      notes.error(family.section.name, family.name, `${child.as}: ${refusalOf(error)}`)
    }
  }
  let changed = left.length > 0
  for (const row of left) await writer.delete(child.table, row)
  for (const { values, row } of late) {
    const set = row ? differences(values, openedRow(child.table, row, parts.keys)) : values
    if (row && Object.keys(set).length === 0) continue
    changed = true
    try {
      await (row ? writer.update(child.table, row, set) : writer.insert(child.table, values))
    } catch (error) {
      whole = false
      notes.error(family.section.name, family.name, `${child.as}: ${refusalOf(error)}`)
    }
  }
  return { whole, changed }
}

const existingOf = (section: Section, key: string, { stored }: Reading): Values | undefined => {
  const found = stored
    .rows(section.table)
    .filter((row) => section.table !== 'lookup' || (section.only?.(row) ?? true))
    .filter((row) => String(row[section.key]).toLowerCase() === key.toLowerCase())
  if (found.length > 1) throw invalid({ [section.key]: [`There are several of the name '${key}' already.`] })
  const [row] = found
  if (row && section.table === 'service' && row.managed_by)
    throw new GwError('forbidden', `The service is defined in ${row.managed_by}: change it there.`)
  if (row && section.only && !section.only(row))
    throw invalid({ [section.key]: [`'${key}' is of another kind already.`] })
  return row
}

const readRecord = async (section: Section, record: DocumentRecord, key: string, reading: Reading): Promise<void> => {
  const { stored, writer, notes, parts, lenient } = reading
  const wanting = wantingFor(reading, section, key)
  const row = existingOf(section, key, reading)
  if (row && !reading.overwrite) return notes.is(section.name, 'skipped', key)
  const before = row && openedRow(section.table, row, parts.keys)
  const plain = wantedValues(section, record, row !== undefined, wanting)
  const later = section.table === 'service' && LINKED_TYPES.has(String(plain.type ?? row?.type))
  const wanted =
    section.table === 'service' && !later
      ? await withConfig({ record, values: plain, before, lenient }, wanting, parts)
      : // Without its configuration, it could not run yet.
        { ...plain, ...(later && !row && { is_active: false }) }
  const set = before ? differences(wanted, before) : { [section.key]: key, ...wanted }
  const { config } = wanted
  const writes = { ...set, ...(section.table === 'service' && config !== undefined && { config }) }
  let changed = Object.keys(writes).length > 0
  const id = row ? Number(row.id) : await writer.insert(section.table, writes)
  if (row && changed) await writer.update(section.table, row, writes)
  let whole = true
  for (const child of section.children ?? []) {
    if (!Object.hasOwn(record, child.as)) continue
    const result = await readChildren(child, record[child.as], { section, name: key, id: id! }, reading)
    changed ||= result.changed
    whole &&= result.whole || !RESTRICTING.has(child.table)
  }
  if (!whole && lenient) {
    await writer.update(section.table, { ...row, id }, { is_active: false })
    notes.note(
      section.name,
      key,
      'It is stored inactive: without the rows that are left out, it might allow more than it did.',
    )
  }
  if (!row && id !== undefined) stored.add(section.table, id, key)
  notes.is(section.name, row ? (changed ? 'updated' : 'skipped') : 'created', key)
}

/** Configurations that name other records, when these are there. */
const readLinks = async (section: Section, record: DocumentRecord, key: string, reading: Reading): Promise<void> => {
  const { stored, writer, notes, parts, lenient } = reading
  const id = stored.idOf('service', key)
  const was = stored.rows('service').find((row) => row.id === id)
  if (id === undefined || (was && !reading.overwrite)) return
  const type = String(record.type ?? was?.type)
  if (!LINKED_TYPES.has(type)) return
  const before = was ? openedRow('service', was, parts.keys) : { id, type, is_active: false }
  const values = was ? {} : { is_active: record.is_active === true }
  const wanted = await withConfig({ record, values, before, lenient }, wantingFor(reading, section, key), parts)
  if (Object.keys(wanted).length === 0) return
  await writer.update('service', { id }, wanted)
  if (was) notes.is(section.name, 'updated', key)
}

/** One record, or nothing of it. */
const attempt = async (
  section: Section,
  record: DocumentRecord,
  read: typeof readRecord,
  reading: Reading,
  options: RunOptions,
): Promise<void> => {
  const { parts, notes } = reading
  const given = record[section.key]
  const name = typeof given === 'string' ? (section.table === 'custom' ? given : given.trim()) : ''
  const key = section.table === 'service' || tableOf(section.table) === 'user' ? name.toLowerCase() : name
  try {
    if (key === '') throw invalid({ [section.key]: [`A record of ${section.name} needs its ${section.key}.`] })
    await parts.stored.savepoint!(options.transaction!, () => read(section, record, key, reading), options.signal)
  } catch (error) {
    notes.error(section.name, key, refusalOf(error))
  }
}

/** @throws GwError only for what has nothing to do with single records: then nothing is stored */
export const importConfiguration = async (
  sections: Sections,
  parts: TransferParts,
  options: ImportOptions,
): Promise<Outcome> => {
  const { caller, signal, dryRun = false, lenient = false, overwrite = false } = options
  const { keepsReferences = false, hashes = false } = options
  const notes = notebook()
  let undone = false
  // Leaves the transaction without a trace of it.
  const undo = new GwError('conflict', 'The import was undone.')
  try {
    await parts.source.transaction!(async (transaction) => {
      const inside: RunOptions = { signal, transaction, caller }
      const stored = await readStored(parts.stored, inside)
      const writer = writerOf(parts.source, inside)
      const reading: Reading = { overwrite, lenient, keepsReferences, hashes, parts, stored, writer, notes }
      for (const section of SECTIONS)
        for (const record of sections[section.name] ?? []) await attempt(section, record, readRecord, reading, inside)
      const [services] = SECTIONS
      for (const record of sections.services ?? [])
        if (Object.hasOwn(record, 'config')) await attempt(services!, record, readLinks, reading, inside)
      undone = !lenient && notes.count() > 0
      if (dryRun || undone) throw undo
    }, signal)
  } catch (error) {
    if (error !== undo) throw error
  }
  return notes.outcome({ dryRun, undone, sections: Object.keys(sections) })
}
