/** `_file`: what is in a repository, read and written in the family's own words. Each write is one commit. */
import { type Endpoint, endpoint, GwError, rows } from '@gw/core'
import { z } from 'zod'
import type { ServiceContext } from './context.ts'
import {
  changeSchema,
  createFileBody,
  deleteFileBody,
  type Entry,
  entrySchema,
  type FileChange,
  fileSchema,
  updateFileBody,
} from './model.ts'
import { checkedFile, checkedPath, checkedRef, checkedRepository } from './names.ts'
import { deletionQuery, fileQuery, projection, refIn, textOf } from './parameters.ts'
import { componentOf, may } from './rights.ts'
import { decodedContent, encodedContent } from './text.ts'

const tags = ['Files']
const params = z.object({ repo_name: z.string(), path: z.string() })
// Whoever may not do it to `_repo/…` may not do it here: both are asked.
const path = '/_file/{repo_name}/{path*}'
const component = '_repo/{repo_name}/{path*}'

const readEndpoints = (context: ServiceContext): readonly Endpoint[] => {
  const read = async (
    call: Parameters<Endpoint['handle']>[0],
    place: { readonly repo: string; readonly path: string },
  ) => {
    const query = call.query as z.output<typeof fileQuery>
    const found = await context.host.content(place.repo, place.path, checkedRef(refIn(query)), call.signal)
    const keep = projection(query)
    if (found.kind === 'file') {
      const bytes = await found.bytes(call.signal)
      return keep({ ...found.entry, ...encodedContent(bytes, query.encoding || undefined) })
    }
    const visible = found.entries.filter(({ value }) => may(call, componentOf(place.repo, value.path), 'GET'))
    return rows({ items: visible.map(({ value }) => keep<Partial<Entry>>(value)), identifier: ['path'] })
  }
  const shared = {
    method: 'GET',
    tags,
    query: fileQuery,
    tagged: 'asked',
    errors: ['invalid_request', 'not_found', 'unprocessable', 'rate_limited', 'unavailable'],
  } as const
  return [
    endpoint({
      ...shared,
      id: 'listFiles',
      path: '/_file/{repo_name}',
      component: '_repo/{repo_name}',
      summary: 'List the root of a repository',
      params: z.object({ repo_name: z.string() }),
      response: z.array(entrySchema.partial()),
      handle: async (call) => read(call, { repo: checkedRepository(call.params.repo_name), path: '' }) as never,
    }),
    endpoint({
      ...shared,
      id: 'readFile',
      path,
      component,
      summary: 'Read a file or list a folder',
      description: 'A file with its content and sha, which a change of it has to name; or what is in a folder.',
      params,
      response: z.union([z.array(entrySchema.partial()), fileSchema.partial()]),
      handle: async (call) => {
        const repo = checkedRepository(call.params.repo_name)
        return read(call, { repo, path: checkedPath(call.params.path) }) as never
      },
    }),
  ]
}

const changeOf = (body: z.output<typeof createFileBody>): FileChange => ({
  content: decodedContent(body.content, body.encoding),
  message: body.message,
  branch: checkedRef(body.branch),
  author: body.author,
})

/** What a DELETE says, in its body or, as not every client can send one, in its query. @throws GwError */
const deletionOf = (body: unknown, query: z.output<typeof deletionQuery>): z.output<typeof deleteFileBody> => {
  const given = { sha: textOf(query.sha), message: textOf(query.message), branch: textOf(query.branch) }
  const sent = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  const checked = deleteFileBody.safeParse({ ...sent, ...(body as object | undefined) })
  if (checked.success) return checked.data
  const wrong = checked.error.issues.map(({ path: at, message }) => `${at.join('.') || 'body'}: ${message}`)
  throw new GwError('invalid_request', `The file can not be deleted like this. ${wrong.join('; ')}.`)
}

const writeEndpoints = (context: ServiceContext): readonly Endpoint[] => {
  const { host } = context
  const shared = {
    path,
    component,
    tags,
    params,
    response: changeSchema,
    errors: ['invalid_request', 'not_found', 'conflict', 'forbidden', 'unprocessable', 'rate_limited'],
  } as const
  const place = ({ params: { repo_name, path: at } }: { readonly params: z.output<typeof params> }) =>
    [checkedRepository(repo_name), checkedFile(at)] as const
  return [
    endpoint({
      ...shared,
      id: 'createFile',
      method: 'POST',
      summary: 'Create a file',
      description: 'One commit that adds the file. Where there is one already, nothing is done (409).',
      body: createFileBody,
      status: 201,
      handle: async (call) => host.createFile(...place(call), changeOf(call.body), call.signal),
    }),
    endpoint({
      ...shared,
      id: 'updateFile',
      method: 'PUT',
      summary: 'Replace a file',
      description:
        'One commit that replaces the file that sha is of. Where it has changed since, nothing is done (409).',
      body: updateFileBody,
      handle: async (call) => host.updateFile(...place(call), call.body.sha, changeOf(call.body), call.signal),
    }),
    endpoint({
      ...shared,
      id: 'deleteFile',
      method: 'DELETE',
      summary: 'Delete a file',
      description:
        'One commit that removes the file that sha is of. Where it has changed since, nothing is done (409).',
      query: deletionQuery,
      body: deleteFileBody.partial(),
      bodyOptional: true,
      handle: async (call) => {
        const { sha, message, branch, author } = deletionOf(call.body, call.query)
        return host.deleteFile(...place(call), sha, { message, branch: checkedRef(branch), author }, call.signal)
      },
    }),
  ]
}

export const fileEndpoints = (context: ServiceContext, writable: boolean): readonly Endpoint[] => [
  ...readEndpoints(context),
  ...(writable ? writeEndpoints(context) : []),
]
