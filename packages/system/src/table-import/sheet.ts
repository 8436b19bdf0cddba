/**
 * The first sheet of an XLSX workbook (ECMA-376), its first row the header. The file comes from anybody: what its zip
 * file holds is measured before the workbook's reader sees it, and rows are read one by one.
 */
import { setImmediate } from 'node:timers/promises'
import { GwError } from '@gw/core'
import { type Entry, fromBuffer, type ZipFile } from 'yauzl'

type SheetRecord = Readonly<Record<string, unknown>>

/** Bytes of everything in the zip file, and of what is held while rows are read. */
const LARGEST = 128 * 1024 * 1024
const LARGEST_HELD = 16 * 1024 * 1024
const MOST_ENTRIES = 1_000
const MOST_COLUMNS = 1_000
const BATCH = 500

const SHEET = /^xl\/worksheets\/[^/]+\.xml$/

const refused = (why: string, cause?: unknown): GwError =>
  new GwError('invalid_request', `The spreadsheet can not be read: ${why}`, { cause })

const NO_WORKBOOK = 'it is no XLSX file, or a damaged one. Save it anew, or as CSV.'

const opened = (bytes: Buffer): Promise<ZipFile> =>
  new Promise((resolve, reject) => {
    fromBuffer(bytes, { lazyEntries: true, validateEntrySizes: true, strictFileNames: true }, (error, zip) =>
      error ? reject(refused(NO_WORKBOOK, error)) : resolve(zip),
    )
  })

/** Inflates an entry and lets go of it: yauzl stops one that is larger than it says, or smaller. */
const measured = (zip: ZipFile, entry: Entry): Promise<void> =>
  new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => {
      if (error) return reject(refused(NO_WORKBOOK, error))
      stream.on('end', resolve)
      stream.on('error', (failure) => reject(refused(NO_WORKBOOK, failure)))
      stream.resume()
    })
  })

/** @throws GwError `invalid_request` for what is no zip file, `too_large` for one that holds too much */
const checkSize = async (bytes: Buffer): Promise<void> => {
  const zip = await opened(bytes)
  const tooLarge = () =>
    new GwError('too_large', `A spreadsheet may have ${LARGEST / 1024 / 1024} MiB unpacked. Save it as CSV.`)
  if (zip.entryCount > MOST_ENTRIES) throw tooLarge()
  return new Promise((resolve, reject) => {
    const names = new Set<string>()
    let size = 0
    let held = 0
    const take = async (entry: Entry) => {
      const { fileName, uncompressedSize } = entry
      // Two readers could take different ones of them.
      if (names.has(fileName.toLowerCase())) throw refused(NO_WORKBOOK)
      names.add(fileName.toLowerCase())
      if ((entry.generalPurposeBitFlag & 1) !== 0) throw refused('it is encrypted.')
      size += uncompressedSize
      if (!SHEET.test(fileName)) held += uncompressedSize
      if (size > LARGEST || held > LARGEST_HELD) throw tooLarge()
      await measured(zip, entry)
    }
    zip.on('entry', (entry: Entry) => {
      take(entry).then(() => zip.readEntry(), reject)
    })
    zip.on('error', (error: Error) => reject(refused(NO_WORKBOOK, error)))
    zip.on('end', () => resolve())
    zip.readEntry()
  })
}

/** Dates have no zone in a spreadsheet; the reader gives them as if they were in UTC. */
const written = (date: Date): string | null => {
  if (Number.isNaN(date.getTime())) return null
  const text = date.toISOString()
  if (text.endsWith('T00:00:00.000Z')) return text.slice(0, 10)
  return text.replace(/\.000Z$|Z$/, '')
}

const cellValue = (cell: unknown): unknown => {
  if (cell instanceof Date) return written(cell)
  if (typeof cell === 'object' && cell !== null) throw refused('a cell holds something other than a value.')
  return cell === '' || cell === undefined ? null : cell
}

const isEmpty = (cells: readonly unknown[]): boolean => cells.every((cell) => cellValue(cell) === null)

type Header = readonly (string | undefined)[]

/** Columns without a name are left out, as in CSV. */
const headerIn = (cells: readonly unknown[]): Header => {
  const names = cells.map((cell) =>
    cellValue(cell) === null ? undefined : String(cellValue(cell)).trim() || undefined,
  )
  const twice = names.find((name, at) => name !== undefined && names.indexOf(name) !== at)
  if (twice !== undefined || names.includes('__proto__'))
    throw refused(`its header has the column '${(twice ?? '__proto__').slice(0, 60)}' twice, or may not have it.`)
  return names
}

const recordIn = (header: Header, cells: readonly unknown[]): SheetRecord =>
  Object.fromEntries(header.flatMap((name, at) => (name === undefined ? [] : [[name, cellValue(cells[at])]])))

async function* cellsIn(bytes: Buffer): AsyncGenerator<readonly unknown[]> {
  const { streamXlsxRows } = await import('hucre/xlsx')
  try {
    for await (const { values } of streamXlsxRows(bytes)) yield values
  } catch (error) {
    throw GwError.is(error) ? error : refused(NO_WORKBOOK, error)
  }
}

/** @throws GwError `invalid_request` for what is no workbook, `too_large` */
export async function* rowsOf(bytes: Buffer, signal: AbortSignal): AsyncGenerator<readonly SheetRecord[]> {
  if (bytes.length === 0) return
  await checkSize(bytes)
  let header: Header | undefined
  let batch: SheetRecord[] = []
  let seen = 0
  for await (const cells of cellsIn(bytes)) {
    seen += 1
    // All of it is in memory already: others would not get a turn.
    if (seen % BATCH === 0) await setImmediate(undefined, { signal })
    if (cells.length > MOST_COLUMNS) throw refused(`it has more than ${MOST_COLUMNS} columns.`)
    if (isEmpty(cells)) continue
    if (!header) header = headerIn(cells)
    else batch.push(recordIn(header, cells))
    if (batch.length < BATCH) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}
