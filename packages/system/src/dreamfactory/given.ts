/** What `gw import` is given: which of the forms it has, and the document that follows. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { GwError } from '@gw/core'
import { parse as parseYaml } from 'yaml'
import { type Sections, sectionsIn } from '../transfer/document.ts'
import type { Remark } from '../transfer/outcome.ts'
import type { TransferParts } from '../transfer/parts.ts'
import { SECTIONS } from '../transfer/sections.ts'
import { checkManifest, readArchive } from './archive.ts'
import { foreignDocument } from './document.ts'
import { rowsIn } from './rows.ts'

export interface Given {
  readonly sections: Sections
  readonly notes: readonly Remark[]
  /** Of another gateway. */
  readonly foreign: boolean
}

const LARGEST = 256 * 1024 * 1024
const MOST_FILES = 1_000

const refused = (what: string, why: string): GwError =>
  new GwError('invalid_request', `${what} can not be read: ${why}`)

const bytesOf = async (path: string): Promise<Buffer> => {
  const { size } = await stat(path)
  if (size > LARGEST) throw refused(path, `it is larger than ${LARGEST / 1024 / 1024} MiB.`)
  return readFile(path)
}

const parsed = (bytes: Buffer, name: string): unknown => {
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '')
  try {
    return /^\.ya?ml$/i.test(extname(name)) ? parseYaml(text) : JSON.parse(text)
  } catch (error) {
    throw refused(
      name,
      `it is not valid ${/^\.ya?ml$/i.test(extname(name)) ? 'YAML' : 'JSON'}. ${(error as Error).message}`,
    )
  }
}

const tableIn = (name: string): string => name.replace(/^.*\//, '').replace(/\.json$/i, '')

/** A package: the records of `system/*.json`. */
const fromArchive = async (bytes: Buffer) => {
  const { files, others } = await readArchive(
    bytes,
    (name) => name === 'package.json' || /^system\/\w+\.json$/.test(name),
  )
  const manifest = files.get('package.json')
  checkManifest(manifest && parsed(manifest, 'package.json'))
  const tables = [...files].filter(([name]) => name !== 'package.json')
  return {
    tables: Object.fromEntries(tables.map(([name, content]) => [tableIn(name), parsed(content, name)])),
    notes: others.map((name) => ({ section: 'package', name, message: 'It stays out: only system/*.json is read.' })),
  }
}

/** One file for each table. */
const fromFolder = async (path: string) => {
  const names = (await readdir(path)).filter((name) => /^\w+\.json$/i.test(name))
  if (names.length > MOST_FILES) throw refused(path, `it has more than ${MOST_FILES} files.`)
  const tables: Record<string, unknown> = {}
  for (const name of names) tables[tableIn(name)] = parsed(await bytesOf(join(path, name)), name)
  return { tables, notes: [] }
}

const ZIP = Buffer.from('PK\u0003\u0004', 'latin1')
const TABLES: ReadonlySet<string> = new Set([
  ...SECTIONS.flatMap(({ table, children = [] }) => [table, ...children.map((child) => child.table)]),
])

const isTables = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' &&
  value !== null &&
  !('format' in value) &&
  !('manifest' in value) &&
  Object.keys(value).some((name) => TABLES.has(name.toLowerCase()) && name !== 'cors') &&
  !('services' in value)

const foreign = async (
  { tables, notes }: Awaited<ReturnType<typeof fromArchive>>,
  parts: TransferParts,
): Promise<Given> => {
  const document = await foreignDocument(rowsIn(tables), parts)
  return { sections: document.sections, notes: [...notes, ...document.notes], foreign: true }
}

/** What a package is to hold, as it is asked for there. */
const isManifest = (value: unknown): boolean => {
  const { version, service } = (value ?? {}) as { readonly version?: unknown; readonly service?: unknown }
  return version !== undefined && typeof service === 'object' && !Array.isArray(service)
}

/** @throws GwError `invalid_request` for what is of no known form */
export const givenValue = async (value: unknown, parts: TransferParts): Promise<Given> => {
  if (isManifest(value))
    throw refused('A manifest', 'it only names what a package is to hold. Export the package where its records are.')
  return isTables(value)
    ? foreign({ tables: value, notes: [] }, parts)
    : { sections: sectionsIn(value), notes: [], foreign: false }
}

/**
 * @param name of the file: its end tells YAML from JSON
 * @throws GwError `invalid_request` for what is of no known form, too large, or encrypted
 */
export const givenFile = async (bytes: Buffer, name: string, parts: TransferParts): Promise<Given> =>
  bytes.subarray(0, ZIP.length).equals(ZIP)
    ? foreign(await fromArchive(bytes), parts)
    : givenValue(parsed(bytes, name), parts)

/** @throws GwError `invalid_request`, also where there is no such file or folder */
export const readGiven = async (path: string, parts: TransferParts): Promise<Given> => {
  const found = await stat(path).catch(() => {
    throw refused(path, 'there is no such file or folder.')
  })
  return found.isDirectory() ? foreign(await fromFolder(path), parts) : givenFile(await bytesOf(path), path, parts)
}
