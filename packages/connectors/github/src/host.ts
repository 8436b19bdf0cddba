/** An account on GitHub. */
import { GwError, type Host } from '@gw/core'
import type { Discussion, HostFetch, RepositoryHost } from '@gw/repos'
import { type Client, createClient } from './client.ts'
import type { GithubConfig } from './config.ts'
import { contentCalls } from './content.ts'
import { isTaken } from './errors.ts'
import { pageOf, paging } from './pages.ts'
import { listRepositories } from './repositories.ts'
import { branchOf, commentOf, commitOf, issueOf, pullRequestOf, repositoryOf, tagOf } from './shapes.ts'

const noIssue = (): GwError => new GwError('not_found', 'There is no issue of this number: it is a pull request.')

const historyCalls = (
  client: Client,
  { repository }: Pick<RepositoryHost, 'repository'>,
): Pick<RepositoryHost, 'branches' | 'branch' | 'createBranch' | 'tags' | 'commits' | 'commit'> => {
  const { owner, request } = client
  const commit: RepositoryHost['commit'] = async (repo, ref, signal) => {
    const route = 'GET /repos/{owner}/{repo}/commits/{ref}'
    return commitOf((await request(route, { owner, repo, ref, request: { signal } })).data)
  }
  return {
    commit,
    async branches(repo, page, signal) {
      const route = 'GET /repos/{owner}/{repo}/branches'
      return pageOf(await request(route, { owner, repo, ...paging(page), request: { signal } }), branchOf)
    },
    async branch(repo, branch, signal) {
      const route = 'GET /repos/{owner}/{repo}/branches/{branch}'
      return branchOf((await request(route, { owner, repo, branch, request: { signal } })).data)
    },
    async createBranch(repo, name, from, signal) {
      const { sha } = await commit(repo, from ?? (await repository(repo, signal)).default_branch, signal)
      try {
        const ref = `refs/heads/${name}`
        await request('POST /repos/{owner}/{repo}/git/refs', { owner, repo, ref, sha, request: { signal } })
      } catch (error) {
        throw isTaken(error) ? new GwError('conflict', 'There is a branch of this name already.') : error
      }
      return { name, sha, protected: false }
    },
    async tags(repo, page, signal) {
      const route = 'GET /repos/{owner}/{repo}/tags'
      return pageOf(await request(route, { owner, repo, ...paging(page), request: { signal } }), tagOf)
    },
    async commits(repo, { ref, path }, page, signal) {
      const of = { ...(ref !== undefined && { sha: ref }), ...(path !== undefined && { path }) }
      const route = 'GET /repos/{owner}/{repo}/commits'
      return pageOf(await request(route, { owner, repo, ...of, ...paging(page), request: { signal } }), commitOf)
    },
  }
}

const issueCalls = (client: Client): Pick<RepositoryHost, 'issues' | 'issue' | 'createIssue'> => {
  const { owner, request } = client
  return {
    async issues(repo, state, page, signal) {
      const route = 'GET /repos/{owner}/{repo}/issues'
      const answer = await request(route, { owner, repo, state, ...paging(page), request: { signal } })
      // To GitHub, a pull request is an issue, too.
      const data = answer.data.filter(({ pull_request }) => !pull_request)
      return pageOf({ data, headers: answer.headers }, issueOf)
    },
    async issue(repo, number, signal) {
      const route = 'GET /repos/{owner}/{repo}/issues/{issue_number}'
      const { data } = await request(route, { owner, repo, issue_number: number, request: { signal } })
      if (data.pull_request) throw noIssue()
      return issueOf(data)
    },
    async createIssue(repo, issue, signal) {
      const { title, body, labels } = issue
      const given = { title, ...(body !== undefined && { body }), ...(labels && { labels: [...labels] }) }
      const route = 'POST /repos/{owner}/{repo}/issues'
      return issueOf((await request(route, { owner, repo, ...given, request: { signal } })).data)
    },
  }
}

const pullRequestCalls = (
  client: Client,
  { repository }: Pick<RepositoryHost, 'repository'>,
): Pick<RepositoryHost, 'pullRequests' | 'pullRequest' | 'createPullRequest'> => {
  const { owner, request } = client
  return {
    async pullRequests(repo, { state, head, base }, page, signal) {
      const route = 'GET /repos/{owner}/{repo}/pulls'
      // Without an owner, GitHub takes a head for none and lists all.
      const of = { state, ...(head && { head: `${head.owner ?? owner}:${head.branch}` }), ...(base && { base }) }
      return pageOf(await request(route, { owner, repo, ...of, ...paging(page), request: { signal } }), pullRequestOf)
    },
    async pullRequest(repo, number, signal) {
      const route = 'GET /repos/{owner}/{repo}/pulls/{pull_number}'
      return pullRequestOf((await request(route, { owner, repo, pull_number: number, request: { signal } })).data)
    },
    async createPullRequest(repo, { title, body, head, base, draft }, signal) {
      const { data } = await request('POST /repos/{owner}/{repo}/pulls', {
        owner,
        repo,
        title,
        head: head.owner === undefined ? head.branch : `${head.owner}:${head.branch}`,
        base: base ?? (await repository(repo, signal)).default_branch,
        ...(body !== undefined && { body }),
        ...(draft !== undefined && { draft }),
        request: { signal },
      })
      return pullRequestOf(data)
    },
  }
}

const commentCalls = (
  client: Client,
  host: Pick<RepositoryHost, 'issue' | 'pullRequest'>,
): Pick<RepositoryHost, 'comments' | 'createComment'> => {
  const { owner, request } = client
  /** GitHub keeps one list for both; who may read the one may not read the other. */
  const check = async (repo: string, { kind, number }: Discussion, signal: AbortSignal): Promise<void> =>
    void (await (kind === 'issue' ? host.issue(repo, number, signal) : host.pullRequest(repo, number, signal)))
  const route = '/repos/{owner}/{repo}/issues/{issue_number}/comments'
  return {
    async comments(repo, on, page, signal) {
      await check(repo, on, signal)
      const at = { owner, repo, issue_number: on.number, ...paging(page), request: { signal } }
      return pageOf(await request(`GET ${route}`, at), commentOf)
    },
    async createComment(repo, on, body, signal) {
      await check(repo, on, signal)
      const at = { owner, repo, issue_number: on.number, body, request: { signal } }
      return commentOf((await request(`POST ${route}`, at)).data)
    },
  }
}

export const openHost = (config: GithubConfig, { log }: Pick<Host, 'log'>, fetch: HostFetch): RepositoryHost => {
  const client = createClient(config, log, fetch)
  const { owner, request } = client
  const repository: RepositoryHost['repository'] = async (repo, signal) => {
    const { data } = await request('GET /repos/{owner}/{repo}', { owner, repo, request: { signal } })
    return repositoryOf(data)
  }
  const issues = issueCalls(client)
  const pullRequests = pullRequestCalls(client, { repository })
  return {
    async verify(signal) {
      await request('GET /users/{username}', { username: owner, request: { signal } })
    },
    repositories: listRepositories(client, config),
    repository,
    ...contentCalls(client),
    ...historyCalls(client, { repository }),
    ...issues,
    ...pullRequests,
    ...commentCalls(client, { ...issues, ...pullRequests }),
  }
}
