/** `_repository`, `_branch`, `_tag`, `_commit`: repositories and their history in the family's own words. */
import { type Endpoint, endpoint } from '@gw/core'
import { z } from 'zod'
import type { ServiceContext } from './context.ts'
import { listOf } from './lists.ts'
import { branchSchema, commitSchema, createBranchBody, repositorySchema, tagSchema } from './model.ts'
import { checkedPath, checkedRef, requiredRef } from './names.ts'
import { commitsQuery, listQuery, refIn, textOf } from './parameters.ts'
import { componentOf, demand, may, readableRepository } from './rights.ts'

const tags = ['Repositories']
const params = z.object({ repo_name: z.string() })
const errors = ['invalid_request', 'not_found', 'rate_limited', 'upstream_failed', 'unavailable'] as const

const repositoryEndpoints = (context: ServiceContext): readonly Endpoint[] => [
  endpoint({
    id: 'listRepositories',
    method: 'GET',
    path: '/_repository',
    tags,
    summary: 'List repositories',
    query: listQuery,
    response: z.array(repositorySchema.partial()),
    tagged: 'asked',
    listing: true,
    errors,
    handle: (call) => {
      const visible = async (...[page, signal]: Parameters<typeof context.host.repositories>) => {
        const { items, next } = await context.host.repositories(page, signal)
        return {
          items: items.map(({ value }) => value).filter(({ name }) => may(call, componentOf(name), 'GET')),
          next,
        }
      }
      return listOf(context, call, call.query, visible, 'name') as never
    },
  }),
  endpoint({
    id: 'readRepository',
    method: 'GET',
    path: '/_repository/{repo_name}',
    tags,
    summary: 'Describe a repository',
    params,
    response: repositorySchema,
    tagged: 'asked',
    errors,
    handle: (call) => context.host.repository(readableRepository(call), call.signal),
  }),
]

const branchEndpoints = (context: ServiceContext, writable: boolean): readonly Endpoint[] => [
  endpoint({
    id: 'listBranches',
    method: 'GET',
    path: '/_branch/{repo_name}',
    tags,
    summary: 'List branches',
    params,
    query: listQuery,
    response: z.array(branchSchema.partial()),
    tagged: 'asked',
    errors,
    handle: (call) => {
      const repo = readableRepository(call)
      return listOf(context, call, call.query, (...at) => context.host.branches(repo, ...at), 'name') as never
    },
  }),
  endpoint({
    id: 'readBranch',
    method: 'GET',
    path: '/_branch/{repo_name}/{branch*}',
    tags,
    summary: 'Describe a branch',
    params: params.extend({ branch: z.string() }),
    response: branchSchema,
    tagged: 'asked',
    errors,
    handle: async (call) => context.host.branch(readableRepository(call), requiredRef(call.params.branch), call.signal),
  }),
  ...(writable
    ? [
        endpoint({
          id: 'createBranch',
          method: 'POST',
          path: '/_branch/{repo_name}',
          tags,
          summary: 'Create a branch',
          params,
          body: createBranchBody,
          response: branchSchema,
          status: 201,
          errors: [...errors, 'conflict', 'forbidden', 'unprocessable'],
          handle: async (call) => {
            const { name, from } = call.body
            const repo = readableRepository(call)
            return context.host.createBranch(repo, requiredRef(name), checkedRef(from), call.signal)
          },
        }),
      ]
    : []),
]

const historyEndpoints = (context: ServiceContext): readonly Endpoint[] => [
  endpoint({
    id: 'listTags',
    method: 'GET',
    path: '/_tag/{repo_name}',
    tags,
    summary: 'List tags',
    params,
    query: listQuery,
    response: z.array(tagSchema.partial()),
    tagged: 'asked',
    errors,
    handle: (call) => {
      const repo = readableRepository(call)
      return listOf(context, call, call.query, (...at) => context.host.tags(repo, ...at), 'name') as never
    },
  }),
  endpoint({
    id: 'listCommits',
    method: 'GET',
    path: '/_commit/{repo_name}',
    tags,
    summary: 'List commits, newest first',
    params,
    query: commitsQuery,
    response: z.array(commitSchema.partial()),
    tagged: 'asked',
    errors,
    handle: (call) => {
      const repo = readableRepository(call)
      const path = checkedPath(textOf(call.query.path) ?? '')
      demand(call, componentOf(repo, path), 'GET')
      const of = { ref: checkedRef(refIn(call.query)), path: path || undefined }
      return listOf(context, call, call.query, (...at) => context.host.commits(repo, of, ...at), 'sha') as never
    },
  }),
  endpoint({
    id: 'readCommit',
    method: 'GET',
    path: '/_commit/{repo_name}/{ref*}',
    tags,
    summary: 'Describe a commit',
    description: 'By its sha, or as what a branch or a tag leads to.',
    params: params.extend({ ref: z.string() }),
    response: commitSchema,
    tagged: 'asked',
    errors,
    handle: async (call) => context.host.commit(readableRepository(call), requiredRef(call.params.ref), call.signal),
  }),
]

export const repositoryAndHistoryEndpoints = (context: ServiceContext, writable: boolean): readonly Endpoint[] => [
  ...repositoryEndpoints(context),
  ...branchEndpoints(context, writable),
  ...historyEndpoints(context),
]
