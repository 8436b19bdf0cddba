/** What a host of repositories may do wrong: what its suite is measured by. */
import { GwError } from '@gw/core'
import type { RepositoryHost } from '@gw/repos'
import { memoryType } from './memory-repositories.ts'

export const hostSubject = (broken?: (host: RepositoryHost) => RepositoryHost) => ({
  type: memoryType(broken),
  prepare: async () => ({
    config: {},
    repository: 'scripts',
    defaultBranch: 'main',
    other: 'notes',
    close: async () => {},
  }),
})

const notFound = () => new GwError('not_found', 'Not Found.')

export const HOSTS: Readonly<Record<string, (host: RepositoryHost) => RepositoryHost>> = {
  'writes over what is there': (host) => ({
    ...host,
    async createFile(repo, path, change, signal) {
      const found = await host.content(repo, path, change.branch, signal).catch(() => undefined)
      if (found?.kind !== 'file') return host.createFile(repo, path, change, signal)
      return host.updateFile(repo, path, found.entry.sha, change, signal)
    },
  }),
  'replaces whatever is there': (host) => ({
    ...host,
    async updateFile(repo, path, _sha, change, signal) {
      const found = await host.content(repo, path, change.branch, signal)
      return host.updateFile(repo, path, found.kind === 'file' ? found.entry.sha : '', change, signal)
    },
  }),
  'says that it wrote': (host) => ({
    ...host,
    updateFile: async (_repo, path, sha, { message }) => ({ path, sha, commit: { sha, message, url: '' } }),
  }),
  'keeps text only': (host) => ({
    ...host,
    createFile: (repo, path, change, signal) =>
      host.createFile(
        repo,
        path,
        { ...change, content: Buffer.from(Buffer.from(change.content).toString('utf8')) },
        signal,
      ),
  }),
  'writes to the default branch alone': (host) => ({
    ...host,
    createFile: (repo, path, change, signal) => host.createFile(repo, path, { ...change, branch: undefined }, signal),
  }),
  'reads the default branch alone': (host) => ({
    ...host,
    content: (repo, path, _ref, signal) => host.content(repo, path, undefined, signal),
  }),
  'reads master by default': (host) => ({
    ...host,
    content: (repo, path, ref, signal) => host.content(repo, path, ref ?? 'master', signal),
  }),
  'forgets who wrote': (host) => ({
    ...host,
    createFile: (repo, path, change, signal) => host.createFile(repo, path, { ...change, author: undefined }, signal),
  }),
  'loses the message': (host) => ({
    ...host,
    createFile: (repo, path, change, signal) => host.createFile(repo, path, { ...change, message: 'update' }, signal),
  }),
  'ends lists after a page': (host) => ({
    ...host,
    branches: async (...args) => ({ ...(await host.branches(...args)), next: undefined }),
  }),
  'repeats a page': (host) => ({
    ...host,
    commits: (repo, of, { perPage, page }, signal) =>
      host.commits(repo, of, { perPage, page: page === '2' ? '1' : page }, signal),
  }),
  'ignores which head is meant': (host) => ({
    ...host,
    pullRequests: (repo, of, ...rest) => host.pullRequests(repo, { ...of, head: undefined }, ...rest),
  }),
  'lists pull requests as issues': (host) => ({
    ...host,
    async issues(repo, state, page, signal) {
      const { items, next } = await host.issues(repo, state, page, signal)
      const pulls = await host.pullRequests(repo, { state, head: undefined, base: undefined }, page, signal)
      return { items: [...items, ...pulls.items.map((pull) => ({ ...pull, labels: [] }))], next }
    },
  }),
  'comments on whatever has the number': (host) => ({
    ...host,
    createComment: (repo, { number }, body, signal) =>
      host
        .createComment(repo, { kind: 'issue', number }, body, signal)
        .catch(() => host.createComment(repo, { kind: 'pull', number }, body, signal)),
  }),
  'drops the text of an issue': (host) => ({
    ...host,
    createIssue: (repo, { title }, signal) => host.createIssue(repo, { title }, signal),
  }),
  'makes pull requests to nowhere': (host) => ({
    ...host,
    pullRequest: async () => {
      throw notFound()
    },
  }),
  'begins every branch at the default one': (host) => ({
    ...host,
    createBranch: (repo, name, _from, signal) => host.createBranch(repo, name, undefined, signal),
  }),
  'does not remove': (host) => ({
    ...host,
    deleteFile: async (_repo, path, sha, { message }) => ({ path, sha: null, commit: { sha, message, url: '' } }),
  }),
}
