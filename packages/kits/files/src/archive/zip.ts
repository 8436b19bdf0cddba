/** A folder as a ZIP archive that is made while it is sent. yazl writes it, with ZIP64 where sizes need it. */
import { Readable } from 'node:stream'
import { type Call, GwError } from '@gw/core'
import { create as contentDisposition } from 'content-disposition'
import { ZipFile } from 'yazl'
import { nameOf } from '../paths.ts'
import type { Rights } from '../rights.ts'
import type { Entry, FileCapabilities, FileEntry, FileStore } from '../store.ts'
import { streamOf } from '../streams.ts'
import { visible } from '../walk.ts'

const archiveName = (call: Call, folder: string, { folders }: FileCapabilities): string => {
  if (folder !== '') return `${nameOf(folder)}.zip`
  return folders === 'real' ? `${call.service}_${Math.floor(Date.now() / 1000)}.zip` : `${call.service}.zip`
}

/** Adds a file when its turn has come, and waits until it is in the archive: only one is open at a time. */
const addFile = async (zip: ZipFile, store: FileStore, entry: FileEntry, name: string, signal: AbortSignal) => {
  const file = await store.open(entry.path, signal)
  // It was there a moment ago.
  if (!file) return
  try {
    const content = Readable.from(file.read(), { objectMode: false, signal })
    const done = new Promise<void>((resolve, reject) => content.once('close', resolve).once('error', reject))
    zip.addReadStreamLazy(name, { mtime: entry.modified ?? new Date(0) }, (give) => give(null, content))
    await done
  } finally {
    await file.close()
  }
}

/** Folders that hold something are named by what they hold; the others have an entry of their own. */
async function* withEmptyFolders(entries: AsyncIterable<Entry>): AsyncGenerator<Entry> {
  let folder: Entry | undefined
  for await (const entry of entries) {
    if (folder && !entry.path.startsWith(folder.path)) yield folder
    folder = entry.kind === 'folder' ? entry : undefined
    if (entry.kind === 'file') yield entry
  }
  if (folder) yield folder
}

const fill = async (
  zip: ZipFile,
  store: FileStore,
  folder: string,
  rights: Rights,
  nameFor: (path: string) => string,
  signal: AbortSignal,
) => {
  for await (const entry of withEmptyFolders(visible(store, folder, true, rights, signal))) {
    if (!rights.may(entry.path, 'GET')) continue
    const name = nameFor(entry.path)
    if (entry.kind === 'file') await addFile(zip, store, entry, name, signal)
    else zip.addEmptyDirectory(name, entry.modified && { mtime: entry.modified })
  }
  zip.end()
}

/** Answers with the archive; whoever leaves ends it. */
export const zipOf = (
  call: Call,
  store: FileStore,
  folder: string,
  rights: Rights,
  capabilities: FileCapabilities,
): Response => {
  const headers = {
    'content-type': 'application/zip',
    'content-disposition': contentDisposition(archiveName(call, folder, capabilities)),
    'cache-control': 'private, no-cache',
  }
  if (call.request.method === 'HEAD') return new Response(null, { headers })
  const zip = new ZipFile()
  const output = zip.outputStream as Readable
  const left = new AbortController()
  const signal = AbortSignal.any([call.signal, left.signal])
  // Names of blobs are relative to the folder, those of files whole (the wire contract's services part, §2.3).
  const nameFor = capabilities.folders === 'real' ? (path: string) => path : (path: string) => path.slice(folder.length)
  const fail = (error: unknown) => void output.destroy(error as Error)
  zip.on('error', fail)
  fill(zip, store, folder, rights, nameFor, signal).catch(fail)
  const body = streamOf(output, () => {
    left.abort(new GwError('unavailable', 'The client closed the connection before the answer was ready.'))
    output.destroy()
  })
  return new Response(body, { headers })
}
