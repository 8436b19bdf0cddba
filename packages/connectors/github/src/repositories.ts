/** The repositories of an account, as far as the credentials see them: private ones, too. */
import type { RepositoryHost } from '@gw/repos'
import type { Client } from './client.ts'
import type { GithubConfig } from './config.ts'
import { type Listed, pageOf, paging } from './pages.ts'
import { type RepositoryData, repositoryOf } from './shapes.ts'

type Kind = 'installation' | 'own' | 'organization' | 'user'

/** Which of GitHub's lists has most of the account's repositories for these credentials. */
const kindOf = async (client: Client, { app }: GithubConfig, signal: AbortSignal): Promise<Kind> => {
  if (app) return 'installation'
  const { request } = client
  const { data } = await request('GET /users/{username}', { username: client.owner, request: { signal } })
  if (data.type === 'Organization') return 'organization'
  const { data: self } = await request('GET /user', { request: { signal } })
  return self.login.toLowerCase() === client.owner.toLowerCase() ? 'own' : 'user'
}

export const listRepositories = (client: Client, config: GithubConfig): RepositoryHost['repositories'] => {
  const { owner } = client
  const isOwn = (repository: { readonly owner: { readonly login: string } }) =>
    repository.owner.login.toLowerCase() === owner.toLowerCase()
  let known: Kind | undefined

  const list = async (
    kind: Kind,
    at: ReturnType<typeof paging>,
    signal: AbortSignal,
  ): Promise<Listed<RepositoryData>> => {
    const { request } = client
    const more = { ...at, request: { signal } }
    switch (kind) {
      case 'installation': {
        const { data, headers } = await request('GET /installation/repositories', more)
        return { data: data.repositories.filter(isOwn), headers }
      }
      case 'own':
        return request('GET /user/repos', { affiliation: 'owner', ...more })
      case 'organization':
        return request('GET /orgs/{org}/repos', { org: owner, ...more })
      case 'user':
        return request('GET /users/{username}/repos', { username: owner, ...more })
    }
  }

  return async (page, signal) => {
    const at = paging(page)
    known ??= await kindOf(client, config, signal)
    return pageOf(await list(known, at, signal), (native) => ({
      value: repositoryOf(native),
      native: native as unknown as Readonly<Record<string, unknown>>,
    }))
  }
}
