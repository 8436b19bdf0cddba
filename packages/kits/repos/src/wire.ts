/**
 * `_repo`: what the wire contract has (services part, §8), in the host's own JSON. GET only, also where the service is
 * writable.
 */
import { type Call, type Endpoint, endpoint, GwError, isTrue, type Reply, rows } from '@gw/core'
import { z } from 'zod'
import type { ServiceContext } from './context.ts'
import { checkedPath, checkedRef, checkedRepository } from './names.ts'
import {
  pageIn,
  projection,
  refIn,
  textOf,
  type WireContentQuery,
  wireContentQuery,
  wireListQuery,
} from './parameters.ts'
import { componentOf, demand, may } from './rights.ts'
import { asText } from './text.ts'

const native = z.looseObject({ name: z.string() })
const content = z.union([z.array(native), z.looseObject({ path: z.string() }), z.string()])
const tags = ['Source control']
const errors = ['not_found', 'forbidden', 'rate_limited', 'upstream_failed', 'unavailable'] as const

const MIME = 'text/plain; charset=utf-8'

/** Text as it is, or quoted where the caller asks for JSON and nothing else (§1.9); anything else as bytes. */
const raw = (bytes: Uint8Array, accept: string | undefined): Reply => {
  const text = asText(bytes)
  if (text !== undefined && !accept?.includes('*/*') && !accept?.includes('text/plain')) return text
  const type = text === undefined ? 'application/octet-stream' : MIME
  return new Response(bytes as Uint8Array<ArrayBuffer>, {
    headers: { 'content-type': type, 'x-content-type-options': 'nosniff' },
  })
}

const contentOf = async (
  { host }: ServiceContext,
  call: Call,
  { repo, path }: { readonly repo: string; readonly path: string },
): Promise<Reply> => {
  const query = call.query as WireContentQuery
  // The path may stand in the query: it is the caller's right to it that counts.
  demand(call, componentOf(repo, path), 'GET')
  const found = await host.content(repo, path, checkedRef(refIn(query)), call.signal)
  const wantsContent = isTrue(textOf(query.content)) && path !== ''
  if (found.kind === 'file')
    return wantsContent ? raw(await found.bytes(call.signal), call.header('accept')) : found.native
  if (wantsContent) throw new GwError('invalid_request', 'A folder has no content of its own. Ask for a file in it.')
  const visible = found.entries.filter(({ value }) => may(call, componentOf(repo, value.path), 'GET'))
  return rows({ items: visible.map((entry) => projection(query)(entry.native)), identifier: ['name'] })
}

export const wireEndpoints = (context: ServiceContext): readonly Endpoint[] => [
  endpoint({
    id: 'getRepositoryList',
    method: 'GET',
    path: '/_repo',
    tags,
    summary: 'List the repositories of the account',
    description: 'As the host describes them.',
    query: wireListQuery,
    response: z.array(native),
    tagged: 'asked',
    listing: true,
    errors,
    handle: async (call) => {
      const page = await context.host.repositories(pageIn(call.query), call.signal)
      const visible = page.items.filter(({ value }) => may(call, componentOf(value.name), 'GET'))
      const keep = projection(call.query)
      return rows({ items: visible.map((one) => keep(one.native)), identifier: ['name'] }) as never
    },
  }),
  endpoint({
    id: 'getRepository',
    method: 'GET',
    path: '/_repo/{repo_name}',
    tags,
    summary: 'List the root of a repository',
    description: 'As the host describes it; with path, what is there; with content, the text of that file.',
    params: z.object({ repo_name: z.string() }),
    query: wireContentQuery,
    response: content,
    tagged: 'asked',
    errors,
    handle: async (call) => {
      const repo = checkedRepository(call.params.repo_name)
      return contentOf(context, call, { repo, path: checkedPath(textOf(call.query.path) ?? '') }) as never
    },
  }),
  endpoint({
    id: 'getRepositoryFile',
    method: 'GET',
    path: '/_repo/{repo_name}/{path*}',
    tags,
    summary: 'Read a file or list a folder',
    description: 'As the host describes it; with content, the text of the file and nothing else.',
    params: z.object({ repo_name: z.string(), path: z.string() }),
    query: wireContentQuery,
    response: content,
    tagged: 'asked',
    errors,
    handle: async (call) => {
      const repo = checkedRepository(call.params.repo_name)
      return contentOf(context, call, { repo, path: checkedPath(call.params.path) }) as never
    },
  }),
]
