/** DELETE of a file, a folder, or several of them (the wire contract's services part, §2.8). */
import { type Call, GwError, type Reply, rows } from '@gw/core'
import { z } from 'zod'
import { conditionOf } from './conditions.ts'
import { noFileToRemove, noFolder } from './failure.ts'
import { folderOf } from './listing.ts'
import { type RemovalQuery, says } from './parameters.ts'
import { asFolder, checkedPath, nameOf } from './paths.ts'
import { demandAll } from './walk.ts'
import { type Service, type Target, targetOf } from './write.ts'

const item = z.looseObject({ type: z.string().optional(), name: z.string().nullish(), path: z.string().nullish() })
type Item = z.output<typeof item>

export const removalBody = z
  .union([z.looseObject({ resource: z.array(item).optional() }), z.array(item)])
  .meta({ description: 'What to remove: type, and path from the root or name from the folder.' })

const notEmpty = (path: string, { capabilities }: Target): GwError =>
  capabilities.folders === 'real'
    ? new GwError('invalid_request', 'Directory not empty, can not delete without force option.', {
        wire: { status: 500 },
      })
    : new GwError('invalid_request', `Folder '${path}' contains other files or folders.`)

const removeFolder = async (target: Target, path: string, query: RemovalQuery): Promise<void> => {
  const { files, rights, signal } = target
  if ((await files.find(path, signal))?.kind !== 'folder') {
    // Where folders are real, one that is not there counts as removed.
    if (target.capabilities.folders === 'real' || says(query.no_check)) return
    throw noFolder(path)
  }
  if (!says(query.force)) for await (const _ of files.list(path, false, signal)) throw notEmpty(path, target)
  await demandAll(files, path, 'DELETE', rights, signal)
  const what = !says(query.force) ? 'folder' : says(query.content_only) ? 'content' : 'all'
  await files.removeFolder(path, what, signal)
}

const removeFile = async (target: Target, path: string, query: RemovalQuery, condition = {}): Promise<void> => {
  const removed = await target.files.remove(path, condition, target.signal)
  if (!removed && !says(query.no_check)) throw noFileToRemove(path)
}

const removeOne = async (target: Target, folder: string, one: Item, query: RemovalQuery): Promise<object> => {
  const answer = { name: one.name ?? null, path: one.path ?? null, type: one.type }
  try {
    const named = one.path || (one.name && folder + one.name)
    if (!named) throw new GwError('invalid_request', 'No path or name provided for resource.')
    const path = checkedPath(one.type === 'folder' ? asFolder(named) : named)
    target.rights.demand(path, 'DELETE')
    await (one.type === 'folder' ? removeFolder : removeFile)(target, path, query)
    return answer
  } catch (error) {
    if (!GwError.is(error) || target.signal.aborted) throw error
    return { ...answer, error: { message: error.message } }
  }
}

const named = (call: Call): readonly Item[] => {
  const body = call.body as z.output<typeof removalBody> | undefined
  return (Array.isArray(body) ? body : body?.resource) ?? []
}

/** A list removes each that it names, in whatever folder; without one, the folder itself is removed. */
export const removeFromFolder = async (call: Call, service: Service): Promise<Reply> => {
  const folder = folderOf(call)
  const target = targetOf(call, service)
  const query = call.query as RemovalQuery
  const list = named(call)
  if (list.length > 0) {
    if (list.every(({ path, name }) => !path && !name))
      throw new GwError('invalid_request', 'No path or name provided for resource.')
    const answers: object[] = []
    for (const one of list)
      if (one.type === 'folder' || one.type === 'file') answers.push(await removeOne(target, folder, one, query))
    return rows({ items: answers })
  }
  if (folder === '') throw new GwError('invalid_request', 'No resources given for delete.')
  await removeFolder(target, folder, query)
  return { name: nameOf(folder), path: folder }
}

export const removeOneFile = async (call: Call, service: Service): Promise<Reply> => {
  const path = checkedPath(call.path)
  await removeFile(targetOf(call, service), path, call.query as RemovalQuery, conditionOf(call))
  return { name: nameOf(path), path }
}
