/** Files and folders as the wire contract shows them (services part, §2.2 and §2.4). */
import { z } from 'zod'
import { typeOfName } from './media-types.ts'
import { nameOf } from './paths.ts'
import type { Entry, FileCapabilities, FileEntry, FolderEntry } from './store.ts'
import { streamOf } from './streams.ts'

/** Without the folder that was asked for, and without a slash at the end. */
const relativeName = (path: string, folder: string): string => path.slice(folder.length).replace(/\/$/, '')

/** ISO 8601 in whole seconds, with the zone as a number: `2026-03-03T09:10:02+00:00`. */
const isoDate = (date: Date): string => `${date.toISOString().slice(0, 19)}+00:00`

const dateOf = ({ modified }: { readonly modified?: Date | undefined }, { dates }: FileCapabilities) =>
  modified ? { last_modified: dates === 'iso' ? isoDate(modified) : modified.toUTCString() } : {}

const ofFile = (entry: FileEntry, capabilities: FileCapabilities) => ({
  content_type: entry.type ?? typeOfName(entry.path),
  ...dateOf(entry, capabilities),
  content_length: entry.size,
})

/** Prefixes have no properties of their own, which the wire contract says key by key. */
const ofFolder = (entry: FolderEntry, capabilities: FileCapabilities) =>
  capabilities.folders === 'real'
    ? dateOf(entry, capabilities)
    : { content_type: null, content_length: 0, last_modified: null, ...dateOf(entry, capabilities) }

export const itemSchema = z.object({
  path: z.string().meta({ description: 'From the service’s root; a folder’s ends with a slash.' }),
  content_type: z.string().nullish(),
  last_modified: z
    .string()
    .nullish()
    .meta({ description: 'A date of HTTP, or of ISO 8601 where the store is one of objects.' }),
  content_length: z.int().optional().meta({ description: 'Bytes.' }),
  name: z.string().meta({ description: 'From the listed folder.' }),
  type: z.enum(['file', 'folder']),
})

/** As a listing of `folder` shows it. */
export const itemOf = (entry: Entry, folder: string, capabilities: FileCapabilities): Record<string, unknown> => ({
  path: entry.path,
  ...(entry.kind === 'file' ? ofFile(entry, capabilities) : ofFolder(entry, capabilities)),
  name: relativeName(entry.path, folder),
  type: entry.kind,
})

export const propertiesOf = (entry: Entry, capabilities: FileCapabilities): Record<string, unknown> =>
  entry.kind === 'file'
    ? { path: entry.path, name: nameOf(entry.path), ...ofFile(entry, capabilities) }
    : { name: nameOf(entry.path), path: entry.path === '' ? null : entry.path, ...dateOf(entry, capabilities) }

/** Base64 of pieces of any length. */
async function* base64(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let rest: Uint8Array = new Uint8Array()
  for await (const piece of pieces) {
    const bytes = Buffer.concat([rest, piece])
    const whole = bytes.length - (bytes.length % 3)
    rest = bytes.subarray(whole)
    yield bytes.toString('base64', 0, whole)
  }
  yield Buffer.from(rest).toString('base64')
}

/** What stands between the quotes of a JSON string. Bytes that are no UTF-8 are replaced. */
async function* text(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  const quoted = (part: string) => JSON.stringify(part).slice(1, -1)
  for await (const piece of pieces) yield quoted(decoder.decode(piece, { stream: true }))
  yield quoted(decoder.decode())
}

/** Properties with the content in them, as JSON that is made while it is sent. */
export const withContent = (
  properties: object,
  pieces: AsyncIterable<Uint8Array>,
  inBase64: boolean,
  onEnd: () => Promise<void>,
): Response => {
  const opening = `${JSON.stringify(properties).slice(0, -1)},"content":"`
  const json = (async function* () {
    yield Buffer.from(opening)
    for await (const part of inBase64 ? base64(pieces) : text(pieces)) yield Buffer.from(part)
    yield Buffer.from('"}')
  })()
  return new Response(streamOf(json, onEnd), { headers: { 'content-type': 'application/json' } })
}
