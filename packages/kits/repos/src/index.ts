/** What services of source control share. A connector says how a host is asked; the rest is the family's. */
export { type RepositoriesConfig, repositoriesConfigShape } from './config.ts'
export { failureOf, type HostFailure } from './failure.ts'
export type {
  DiscussionState,
  HostFetch,
  Page,
  PageRequest,
  PullRequestsOf,
  RepositoryHost,
  RepositoryProvider,
  Told,
} from './host.ts'
export type {
  Branch,
  Change,
  Comment,
  Commit,
  Discussion,
  Encoding,
  Entry,
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
export type { Head } from './names.ts'
export { defineRepositoryServiceType } from './service.ts'
export { createSourceFetch, type SourceFetch } from './source-fetch.ts'
