/** GitHub's JSON in the family's words. */
import type { Branch, Change, Comment, Commit, Entry, Issue, PullRequest, Repository, Tag } from '@gw/repos'

// Of GitHub's answers, what is read: as its description of the API has it, for every way to ask.
type Text = string | null | undefined

export interface RepositoryData {
  readonly name: string
  readonly full_name: string
  readonly description?: Text
  readonly private: boolean
  readonly archived?: boolean
  readonly default_branch?: string
  readonly html_url: string
  readonly created_at?: Text
  readonly updated_at?: Text
}

interface NamedCommit {
  readonly name: string
  readonly commit: { readonly sha: string }
}

type PersonData = { readonly name?: Text; readonly email?: Text; readonly date?: Text } | null

interface CommitData {
  readonly sha: string
  readonly html_url: string
  readonly commit: { readonly message: string; readonly author: PersonData; readonly committer: PersonData }
  readonly parents: readonly { readonly sha: string }[]
}

interface DiscussionData {
  readonly number: number
  readonly title: string
  readonly body?: Text
  readonly state: string
  readonly user?: { readonly login: string } | null
  readonly comments?: number
  readonly html_url: string
  readonly created_at: string
  readonly updated_at: string
  readonly closed_at: string | null
}

interface IssueData extends DiscussionData {
  readonly labels: readonly (string | { readonly name?: Text })[]
}

interface SideData {
  readonly ref: string
  readonly sha: string
  /** Null where a fork was deleted. */
  readonly repo?: { readonly full_name: string } | null
}

interface PullData extends DiscussionData {
  readonly draft?: boolean
  readonly merged_at: string | null
  readonly head: SideData
  readonly base: SideData
}

interface ChangeData {
  readonly content?: { readonly sha?: string } | null
  readonly commit: { readonly sha?: string; readonly message?: string; readonly html_url?: string }
}

interface CommentData {
  readonly id: number | bigint
  readonly body?: string
  readonly user: { readonly login: string } | null
  readonly html_url: string
  readonly created_at: string
  readonly updated_at: string
}

export const repositoryOf = (data: RepositoryData): Repository => ({
  name: data.name,
  full_name: data.full_name,
  description: data.description ?? null,
  private: data.private,
  archived: data.archived ?? false,
  default_branch: data.default_branch ?? '',
  url: data.html_url,
  created_at: data.created_at ?? null,
  updated_at: data.updated_at ?? null,
})

export const branchOf = (data: NamedCommit & { readonly protected: boolean }): Branch => ({
  name: data.name,
  sha: data.commit.sha,
  protected: data.protected,
})

export const tagOf = (data: NamedCommit): Tag => ({ name: data.name, sha: data.commit.sha })

const personOf = (person: PersonData) => ({
  name: person?.name ?? null,
  email: person?.email ?? null,
  date: person?.date ?? null,
})

export const commitOf = (data: CommitData): Commit => ({
  sha: data.sha,
  message: data.commit.message,
  author: personOf(data.commit.author),
  committer: personOf(data.commit.committer),
  parents: data.parents.map(({ sha }) => sha),
  url: data.html_url,
})

const TYPES: Readonly<Record<string, Entry['type']>> = {
  dir: 'dir',
  symlink: 'symlink',
  submodule: 'submodule',
}

export const entryOf = (data: {
  readonly name: string
  readonly path: string
  readonly sha: string
  readonly size: number
  readonly type: string
}): Entry => {
  const type = TYPES[data.type] ?? 'file'
  return { name: data.name, path: data.path, type, sha: data.sha, size: type === 'dir' ? null : data.size }
}

export const changeOf = (path: string, { content, commit }: ChangeData): Change => ({
  path,
  sha: content?.sha ?? null,
  commit: { sha: commit.sha ?? '', message: commit.message ?? '', url: commit.html_url ?? '' },
})

const discussionOf = (data: DiscussionData) => ({
  number: data.number,
  title: data.title,
  body: data.body ?? null,
  author: data.user?.login ?? null,
  comments: data.comments ?? null,
  url: data.html_url,
  created_at: data.created_at,
  updated_at: data.updated_at,
  closed_at: data.closed_at,
})

export const issueOf = (data: IssueData): Issue => ({
  ...discussionOf(data),
  state: data.state,
  labels: data.labels.map((label) => (typeof label === 'string' ? label : (label.name ?? ''))),
})

const sideOf = ({ ref, sha, repo }: SideData) => ({ branch: ref, sha, repository: repo?.full_name ?? null })

export const pullRequestOf = (data: PullData): PullRequest => ({
  ...discussionOf(data),
  state: data.merged_at ? 'merged' : data.state,
  draft: data.draft ?? false,
  head: sideOf(data.head),
  base: sideOf(data.base),
  merged_at: data.merged_at,
})

export const commentOf = (data: CommentData): Comment => ({
  id: Number(data.id),
  body: data.body ?? '',
  author: data.user?.login ?? null,
  url: data.html_url,
  created_at: data.created_at,
  updated_at: data.updated_at,
})
