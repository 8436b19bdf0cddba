/** `_issue` and `_pull`: issues, pull requests, and the comments on both. */
import { type Endpoint, endpoint } from '@gw/core'
import { z } from 'zod'
import type { ServiceContext } from './context.ts'
import type { PullRequestsOf } from './host.ts'
import { listOf } from './lists.ts'
import {
  commentSchema,
  createCommentBody,
  createIssueBody,
  createPullRequestBody,
  type Discussion,
  issueSchema,
  pullRequestSchema,
} from './model.ts'
import { checkedHead, checkedRef } from './names.ts'
import { discussionsQuery, listQuery, pullRequestsQuery, textOf } from './parameters.ts'
import { readableRepository } from './rights.ts'

const params = z.object({ repo_name: z.string() })
const one = params.extend({
  number: z.coerce
    .number()
    .int()
    .min(1)
    .max(2 ** 31),
})
const errors = ['invalid_request', 'not_found', 'rate_limited', 'upstream_failed', 'unavailable'] as const
const writeErrors = [...errors, 'forbidden', 'unprocessable'] as const

const issueEndpoints = (context: ServiceContext, writable: boolean): readonly Endpoint[] => {
  const tags = ['Issues']
  return [
    endpoint({
      id: 'listIssues',
      method: 'GET',
      path: '/_issue/{repo_name}',
      tags,
      summary: 'List issues',
      params,
      query: discussionsQuery,
      response: z.array(issueSchema.partial()),
      tagged: 'asked',
      errors,
      handle: (call) => {
        const repo = readableRepository(call)
        const read = (...at: ReadAt) => context.host.issues(repo, call.query.state, ...at)
        return listOf(context, call, call.query, read, 'number') as never
      },
    }),
    endpoint({
      id: 'readIssue',
      method: 'GET',
      path: '/_issue/{repo_name}/{number}',
      tags,
      summary: 'Read an issue',
      params: one,
      response: issueSchema,
      tagged: 'asked',
      errors,
      handle: (call) => context.host.issue(readableRepository(call), call.params.number, call.signal),
    }),
    ...(writable
      ? [
          endpoint({
            id: 'createIssue',
            method: 'POST',
            path: '/_issue/{repo_name}',
            tags,
            summary: 'Create an issue',
            params,
            body: createIssueBody,
            response: issueSchema,
            status: 201,
            errors: writeErrors,
            handle: (call) => context.host.createIssue(readableRepository(call), call.body, call.signal),
          }),
        ]
      : []),
    ...commentEndpoints(context, writable, 'issue'),
  ]
}

type ReadAt = Parameters<ServiceContext['host']['repositories']>

const pullRequestsOf = ({ state, head, base }: z.output<typeof pullRequestsQuery>): PullRequestsOf => {
  const named = textOf(head)
  return { state, head: named === undefined ? undefined : checkedHead(named), base: checkedRef(textOf(base)) }
}

const pullRequestEndpoints = (context: ServiceContext, writable: boolean): readonly Endpoint[] => {
  const tags = ['Pull requests']
  return [
    endpoint({
      id: 'listPullRequests',
      method: 'GET',
      path: '/_pull/{repo_name}',
      tags,
      summary: 'List pull requests',
      params,
      query: pullRequestsQuery,
      response: z.array(pullRequestSchema.partial()),
      tagged: 'asked',
      errors,
      handle: (call) => {
        const repo = readableRepository(call)
        const of = pullRequestsOf(call.query)
        const read = (...at: ReadAt) => context.host.pullRequests(repo, of, ...at)
        return listOf(context, call, call.query, read, 'number') as never
      },
    }),
    endpoint({
      id: 'readPullRequest',
      method: 'GET',
      path: '/_pull/{repo_name}/{number}',
      tags,
      summary: 'Read a pull request',
      params: one,
      response: pullRequestSchema,
      tagged: 'asked',
      errors,
      handle: (call) => context.host.pullRequest(readableRepository(call), call.params.number, call.signal),
    }),
    ...(writable
      ? [
          endpoint({
            id: 'createPullRequest',
            method: 'POST',
            path: '/_pull/{repo_name}',
            tags,
            summary: 'Create a pull request',
            params,
            body: createPullRequestBody,
            response: pullRequestSchema,
            status: 201,
            errors: writeErrors,
            handle: (call) => {
              const pull = { ...call.body, head: checkedHead(call.body.head) }
              checkedRef(pull.base)
              return context.host.createPullRequest(readableRepository(call), pull, call.signal)
            },
          }),
        ]
      : []),
    ...commentEndpoints(context, writable, 'pull'),
  ]
}

const COMMENTS = {
  issue: { tags: ['Issues'], suffix: 'OnIssue', what: 'an issue' },
  pull: { tags: ['Pull requests'], suffix: 'OnPullRequest', what: 'a pull request' },
} as const

const commentEndpoints = (
  context: ServiceContext,
  writable: boolean,
  kind: Discussion['kind'],
): readonly Endpoint[] => {
  const { tags, suffix, what } = COMMENTS[kind]
  const path = `/_${kind}/{repo_name}/{number}/_comment` as const
  return [
    endpoint({
      id: `listComments${suffix}`,
      method: 'GET',
      path,
      tags,
      summary: `List the comments on ${what}`,
      params: one,
      query: listQuery,
      response: z.array(commentSchema.partial()),
      tagged: 'asked',
      errors,
      handle: (call) => {
        const repo = readableRepository(call)
        const on = { kind, number: call.params.number }
        return listOf(context, call, call.query, (...at) => context.host.comments(repo, on, ...at), 'id') as never
      },
    }),
    ...(writable
      ? [
          endpoint({
            id: `createComment${suffix}`,
            method: 'POST',
            path,
            tags,
            summary: `Comment on ${what}`,
            params: one,
            body: createCommentBody,
            response: commentSchema,
            status: 201,
            errors: writeErrors,
            handle: (call) => {
              const on = { kind, number: call.params.number }
              return context.host.createComment(readableRepository(call), on, call.body.body, call.signal)
            },
          }),
        ]
      : []),
  ]
}

export const discussionEndpoints = (context: ServiceContext, writable: boolean): readonly Endpoint[] => [
  ...issueEndpoints(context, writable),
  ...pullRequestEndpoints(context, writable),
]
