/** What a host of repositories has to say for itself; paths, rights, paging, encodings and errors are the kit's. */
import type { Host, Output, Schema } from '@gw/core'
import type { RepositoriesConfig } from './config.ts'
import type { HostFailure } from './failure.ts'
import type {
  Branch,
  Change,
  Comment,
  Commit,
  Discussion,
  FileChange,
  FileContent,
  FolderContent,
  Issue,
  NewIssue,
  NewPullRequest,
  PullRequest,
  Repository,
  Tag,
} from './model.ts'
import type { Head } from './names.ts'

/** What a host said of something, in its own JSON, beside what it means. */
export interface Told<T> {
  readonly value: T
  /** Passed through by the wire contract's part (services part, §8.2). */
  readonly native: Readonly<Record<string, unknown>>
}

export interface PageRequest {
  /** What `next` of the page before was; absent for the first. */
  readonly page: string | undefined
  readonly perPage: number
}

export interface Page<T> {
  readonly items: readonly T[]
  /** Absent on the last page. */
  readonly next: string | undefined
}

/** Which of them is meant: a list holds the open ones by default. */
export type DiscussionState = 'open' | 'closed' | 'all'

/** Which pull requests are meant. */
export interface PullRequestsOf {
  readonly state: DiscussionState
  readonly head: Head | undefined
  /** The branch that they would be merged into. */
  readonly base: string | undefined
}

/**
 * One account's repositories. Names, paths and refs are checked before a host sees them; a ref is a branch, a tag or
 * a commit, and absent means the repository's own default branch. Every call rejects with the host's own error.
 */
export interface RepositoryHost {
  /** Reaches the host, with the service's credentials. */
  verify(signal: AbortSignal): Promise<void>
  repositories(page: PageRequest, signal: AbortSignal): Promise<Page<Told<Repository>>>
  repository(repo: string, signal: AbortSignal): Promise<Repository>
  /** All entries of a folder, however many, or a file with its content; `''` is the root. */
  content(
    repo: string,
    path: string,
    ref: string | undefined,
    signal: AbortSignal,
  ): Promise<FileContent | FolderContent>
  /** Makes a file where there is none. Rejects where there is one. */
  createFile(repo: string, path: string, change: FileChange, signal: AbortSignal): Promise<Change>
  /** Replaces the file that `sha` is of. Rejects where it has become another. */
  updateFile(repo: string, path: string, sha: string, change: FileChange, signal: AbortSignal): Promise<Change>
  deleteFile(
    repo: string,
    path: string,
    sha: string,
    change: Omit<FileChange, 'content'>,
    signal: AbortSignal,
  ): Promise<Change>
  branches(repo: string, page: PageRequest, signal: AbortSignal): Promise<Page<Branch>>
  branch(repo: string, name: string, signal: AbortSignal): Promise<Branch>
  /** @param from a branch, a tag or a commit */
  createBranch(repo: string, name: string, from: string | undefined, signal: AbortSignal): Promise<Branch>
  tags(repo: string, page: PageRequest, signal: AbortSignal): Promise<Page<Tag>>
  /** Newest first. */
  commits(
    repo: string,
    of: { readonly ref: string | undefined; readonly path: string | undefined },
    page: PageRequest,
    signal: AbortSignal,
  ): Promise<Page<Commit>>
  commit(repo: string, ref: string, signal: AbortSignal): Promise<Commit>
  issues(repo: string, state: DiscussionState, page: PageRequest, signal: AbortSignal): Promise<Page<Issue>>
  issue(repo: string, number: number, signal: AbortSignal): Promise<Issue>
  createIssue(repo: string, issue: NewIssue, signal: AbortSignal): Promise<Issue>
  pullRequests(repo: string, of: PullRequestsOf, page: PageRequest, signal: AbortSignal): Promise<Page<PullRequest>>
  pullRequest(repo: string, number: number, signal: AbortSignal): Promise<PullRequest>
  createPullRequest(repo: string, pull: NewPullRequest, signal: AbortSignal): Promise<PullRequest>
  comments(repo: string, on: Discussion, page: PageRequest, signal: AbortSignal): Promise<Page<Comment>>
  createComment(repo: string, on: Discussion, body: string, signal: AbortSignal): Promise<Comment>
}

/** The way to a host, with its rate limits and conditions kept: the only one that a connector uses. */
export type HostFetch = (url: string | URL, init?: RequestInit) => Promise<Response>

export interface RepositoryProvider<S extends Schema<any, RepositoriesConfig> = Schema<any, RepositoriesConfig>> {
  /** The service type's name on the wire: `github`. */
  readonly name: string
  readonly aliases?: readonly string[]
  readonly label: string
  readonly description: string
  /** An object schema with `repositoriesConfigShape` in it. */
  readonly config: S
  /** No I/O: the first call begins it. */
  open(config: Output<S>, host: Pick<Host, 'log'>, fetch: HostFetch): RepositoryHost
  /** Total and pure; `undefined` means "not one I know", and is answered as a fault of the gateway. */
  classify(error: unknown): HostFailure | undefined
}
