/** POST and PUT: the ways to put files and folders into a service (the wire contract's services part, §2.5 and §2.7). */
import { type Call, GwError, type Reply, rows } from '@gw/core'
import { isArchive, unzipInto } from './archive/unzip.ts'
import { batch, itemsOf } from './batch.ts'
import { conditionOf, isConditional } from './conditions.ts'
import { importFrom } from './import-url.ts'
import { folderOf } from './listing.ts'
import { eachFile, isMultipart, type UploadedFile } from './multipart.ts'
import { says, textOf, type UploadQuery } from './parameters.ts'
import { asFolder, checkedFile, nameOf, parentOf, tidyName } from './paths.ts'
import type { WriteCondition } from './store.ts'
import { checkFolder } from './walk.ts'
import { existsInBytes, makeFolder, type Service, store, type Target, targetOf } from './write.ts'

type Bytes = AsyncIterable<Uint8Array>

const bodyOf = ({ body }: Call): Bytes => body as Bytes

/** Header values come as Latin-1; clients send UTF-8. */
const headerText = (call: Call, name: string): string | undefined => {
  const value = call.header(name)
  if (!value) return undefined
  const utf8 = Buffer.from(value, 'latin1').toString('utf8')
  return utf8.includes('\uFFFD') ? value : utf8
}

const storedAs = (path: string) => ({ name: nameOf(path), path, type: 'file' })

/** Stores a file, or what is in it where it is an archive that is to be unpacked. */
const put = async (
  target: Target,
  query: UploadQuery,
  path: string,
  file: Pick<UploadedFile, 'content'> & { readonly type: string | undefined },
  condition: WriteCondition = {},
) => {
  if (says(query.extract) && isArchive(path, file.type)) {
    if (isConditional(condition)) throw new GwError('not_supported', 'An archive is unpacked without conditions.')
    const folder = parentOf(checkedFile(path))
    await checkFolder(target.files, folder, target.signal)
    await unzipInto(target, folder, file.content, says(query.clean))
    return { name: nameOf(folder), path: folder, type: 'file' }
  }
  await store(target, path, file.content, { fresh: says(query.check_exist), condition })
  return storedAs(path)
}

const fromUrl = async (
  target: Target,
  query: UploadQuery,
  url: string,
  pathFor: (name: string) => string,
  condition?: WriteCondition,
) => {
  const file = await importFrom(url, target)
  return put(target, query, pathFor(textOf(query.filename) ?? file.name), file, condition)
}

const intoFolder = async (call: Call, target: Target, folder: string): Promise<Reply> => {
  const query = call.query as UploadQuery
  const fileName = headerText(call, 'x-file-name')
  if (fileName !== undefined) {
    await checkFolder(target.files, folder, target.signal)
    return put(target, query, folder + fileName, { content: bodyOf(call), type: call.header('content-type') })
  }
  const folderName = headerText(call, 'x-folder-name')
  if (folderName !== undefined) {
    await makeFolder(target, asFolder(folder + folderName))
    return { name: nameOf(folderName), path: folder + folderName }
  }
  const url = textOf(query.url)
  if (url !== undefined) return fromUrl(target, query, url, (name) => folder + name)
  const type = call.header('content-type')
  if (isMultipart(type)) {
    await checkFolder(target.files, folder, target.signal)
    const items: object[] = []
    await eachFile(type, bodyOf(call), target.signal, async (file) => {
      items.push(await put(target, query, folder + tidyName(file.name), file))
    })
    if (items.length === 0) throw new GwError('invalid_request', 'The form holds no file.')
    return rows({ items })
  }
  const items = await itemsOf(bodyOf(call))
  if (items.length > 0) return batch(target, folder, items)
  if (folder === '') throw new GwError('invalid_request', 'Invalid empty path.')
  await makeFolder(target, folder)
  return { name: nameOf(folder), path: folder }
}

export const uploadToFolder = (call: Call, service: Service): Promise<Reply> =>
  intoFolder(call, targetOf(call, service), folderOf(call))

/** The one file of a form, under the path that was asked for. */
const oneOfForm = async (call: Call, target: Target, path: string, type: string, condition: WriteCondition) => {
  const query = call.query as UploadQuery
  let reply: object | undefined
  await eachFile(type, bodyOf(call), target.signal, async (file) => {
    if (reply)
      throw new GwError('invalid_request', `Multiple files uploaded to a single REST resource '${nameOf(path)}'.`)
    reply = await put(target, query, path, file, condition)
  })
  if (!reply) throw new GwError('invalid_request', 'The form holds no file.')
  return reply
}

export const uploadFile = async (call: Call, service: Service): Promise<Reply> => {
  const path = checkedFile(call.path)
  const target = targetOf(call, service)
  const query = call.query as UploadQuery
  const condition = conditionOf(call)
  const type = call.header('content-type')
  const url = textOf(query.url)
  if (url !== undefined) return fromUrl(target, query, url, () => path, condition)
  if (isMultipart(type)) return oneOfForm(call, target, path, type, condition)
  if (says(query.extract) && isArchive(path, type))
    return put(target, query, path, { content: bodyOf(call), type }, condition)
  const size = call.header('content-length')
  try {
    const { etag } = await store(target, path, bodyOf(call), {
      condition,
      fresh: says(query.check_exist),
      size: size === undefined ? undefined : Number(size),
      // What came over a socket was read for this call alone.
      owned: call.client !== undefined,
    })
    if (etag) call.sendHeader?.('etag', etag)
  } catch (error) {
    throw existsInBytes(error, service.capabilities)
  }
  return storedAs(path)
}
