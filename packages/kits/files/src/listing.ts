/** GET of a folder: what is in it, what is known of it, or all of it as an archive. */
import { type Call, type Reply, rows } from '@gw/core'
import { zipOf } from './archive/zip.ts'
import { noFolder } from './failure.ts'
import { type ListingQuery, says, textOf } from './parameters.ts'
import { checkedPath, nameOf } from './paths.ts'
import { itemOf, propertiesOf } from './properties.ts'
import { type Rights, rightsOf } from './rights.ts'
import type { Entry, FileCapabilities, FileStore } from './store.ts'
import { checkFolder, visible } from './walk.ts'

/** The folder that a call is about: `''` at the root. */
export const folderOf = (call: Pick<Call, 'path'>): string => {
  const path = call.path.replace(/^\/+$/, '')
  return path === '' ? '' : checkedPath(path)
}

const wanted = (query: ListingQuery, folder: string): ((entry: Entry) => boolean) => {
  const kinds = {
    file: says(query.include_files, true),
    folder: says(query.include_folders, true),
  }
  const search = textOf(query.search)?.toLowerCase()
  return ({ kind, path }) =>
    kinds[kind] && path.length > folder.length && (search === undefined || nameOf(path).toLowerCase().includes(search))
}

const keep = (query: ListingQuery): ((item: Record<string, unknown>) => Record<string, unknown>) => {
  const fields = textOf(query.fields)
    ?.split(',')
    .map((name) => name.trim())
  if (!fields || fields.includes('*')) return (item) => item
  return (item) => Object.fromEntries(Object.entries(item).filter(([key]) => fields.includes(key)))
}

/** Pages of a store are read while the answer is sent. */
async function* items(
  entries: AsyncIterable<Entry>,
  query: ListingQuery,
  folder: string,
  capabilities: FileCapabilities,
) {
  const isWanted = wanted(query, folder)
  const kept = keep(query)
  for await (const entry of entries) if (isWanted(entry)) yield kept(itemOf(entry, folder, capabilities))
}

/** Every folder as access rules name it (the wire contract's services part, §1.16 and §2.1). */
async function* accessList(store: FileStore, rights: Rights, signal: AbortSignal) {
  yield ''
  yield '*'
  for await (const { kind, path } of visible(store, '', true, rights, signal))
    if (kind === 'folder' && rights.may(path, 'GET')) {
      yield path
      yield `${path}*`
    }
}

export const list = async (call: Call, store: FileStore, capabilities: FileCapabilities): Promise<Reply> => {
  const folder = folderOf(call)
  const query = call.query as ListingQuery
  const { signal } = call
  const rights = rightsOf(call)
  if (folder === '' && says(query.as_access_list)) {
    // Texts, not records: what is asked of the fields of a list does not apply.
    return rows({ items: await Array.fromAsync(accessList(store, rights, signal)), identifier: [] })
  }
  if (says(query.zip)) {
    await checkFolder(store, folder, signal)
    return zipOf(call, store, folder, rights, capabilities)
  }
  if (says(query.include_properties)) {
    const entry = await store.find(folder, signal)
    if (entry?.kind !== 'folder') throw noFolder(folder)
    return propertiesOf(entry, capabilities)
  }
  await checkFolder(store, folder, signal)
  const entries = visible(store, folder, says(query.full_tree), rights, signal)
  return rows({
    items: items(entries, query, folder, capabilities),
    identifier: [textOf(query.id_field as never) ?? 'path'],
  })
}
