/** Folders and files made, copied and moved by one payload (the wire contract's services part, §2.6). */
import { GwError, isTrue, type Reply, rows } from '@gw/core'
import { z } from 'zod'
import { copyFile, copyFolder } from './copy.ts'
import { asFolder, checkedPath, nameOf } from './paths.ts'
import { textWithin } from './streams.ts'
import { checkFolder } from './walk.ts'
import { makeFolder, store, type Target } from './write.ts'

/** bytes; files in JSON are for small ones */
const PAYLOAD_LIMIT = 10_485_760

const itemSchema = z.looseObject({
  type: z.string().optional(),
  name: z.string().nullish(),
  source_path: z.string().nullish(),
  source_container: z.string().nullish(),
  delete_source: z.union([z.boolean(), z.string()]).nullish(),
  content: z.string().nullish(),
  is_base64: z.union([z.boolean(), z.string()]).nullish(),
})
type Item = z.output<typeof itemSchema>

const badPayload = (cause?: unknown): GwError =>
  new GwError(
    'invalid_request',
    'The body is not a list of folders and files in JSON: {"resource": [{"type": "folder", "name": "docs"}]}. Send a file’s bytes to its own path, or name it in X-File-Name.',
    { cause },
  )

/** The items of a payload: none for an empty body, and for an object without `resource`. */
export const itemsOf = async (body: AsyncIterable<Uint8Array>): Promise<readonly Item[]> => {
  const text = await textWithin(body, PAYLOAD_LIMIT)
  if (text === undefined)
    throw new GwError('too_large', `The list is larger than ${PAYLOAD_LIMIT} bytes. Send files to their own paths.`)
  if (text.trim() === '') return []
  let payload: unknown
  try {
    payload = JSON.parse(text)
  } catch (error) {
    throw badPayload(error)
  }
  if (typeof payload !== 'object' || payload === null) throw badPayload()
  const list = Array.isArray(payload) ? payload : (payload as { resource?: unknown }).resource
  if (!Array.isArray(list)) return []
  const { success, data, error } = z.array(itemSchema).safeParse(list)
  if (!success) throw badPayload(error)
  return data
}

const bytesOf = ({ content, is_base64 }: Item): Buffer => {
  if (!isTrue(is_base64)) return Buffer.from(content ?? '', 'utf8')
  if (!z.base64().safeParse(content).success) throw new GwError('invalid_request', "'content' is not in base64.")
  return Buffer.from(content!, 'base64')
}

async function* once(bytes: Uint8Array) {
  yield bytes
}

/** Does one item. `undefined`: there is nothing to do in it. */
const doItem = async (target: Target, path: string, item: Item): Promise<void> => {
  const { type, source_path: source, content } = item
  const move = isTrue(item.delete_source)
  if (type === 'folder' && source) return copyFolder(target, asFolder(source), asFolder(path), move)
  if (type === 'folder') return makeFolder(target, asFolder(path))
  if (source) return copyFile(target, source, path, move)
  const bytes = bytesOf({ ...item, content })
  await store(target, path, once(bytes), { size: bytes.length })
}

const isItem = ({ type, content, source_path }: Item): boolean =>
  type === 'folder' || (type === 'file' && ((content !== undefined && content !== null) || !!source_path))

const oneOf = async (target: Target, folder: string, item: Item): Promise<object> => {
  const name = item.name || (item.source_path ? nameOf(item.source_path) : '')
  const path = folder + name
  const answer = { name, path: item.type === 'folder' ? asFolder(path) : path, type: item.type }
  try {
    if (item.source_container)
      throw new GwError('not_supported', "'source_container' is not supported: a service has one container.")
    checkedPath(path)
    await doItem(target, path, item)
    return answer
  } catch (error) {
    // What is not for callers to read ends the whole call, and so does one that nobody waits for.
    if (!GwError.is(error) || target.signal.aborted) throw error
    return { ...answer, error: { message: error.message } }
  }
}

/** An item that fails says so, and the others are done. What is neither a folder nor a file is left out. */
export const batch = async (target: Target, folder: string, items: readonly Item[]): Promise<Reply> => {
  await checkFolder(target.files, folder, target.signal)
  const answers: object[] = []
  for (const item of items.filter(isItem)) answers.push(await oneOf(target, folder, item))
  return rows({ items: answers })
}
