/** Repositories and what is in them, the same for every host. Schemas are what callers send and are answered. */
import { z } from 'zod'
import type { Head } from './names.ts'

const date = (description: string) => z.string().nullable().meta({ description })
const url = z.string().meta({ description: 'Where people see it.' })

export const repositorySchema = z.object({
  name: z.string(),
  full_name: z.string().meta({ description: 'With its owner.' }),
  description: z.string().nullable(),
  private: z.boolean(),
  archived: z.boolean(),
  default_branch: z.string().meta({ description: 'Where calls read and write that name no branch.' }),
  url,
  created_at: date('When it was made.'),
  updated_at: date('When it was last changed.'),
})
export type Repository = Readonly<z.output<typeof repositorySchema>>

export const branchSchema = z.object({
  name: z.string(),
  sha: z.string().meta({ description: 'Its newest commit.' }),
  protected: z.boolean(),
})
export type Branch = Readonly<z.output<typeof branchSchema>>

export const tagSchema = z.object({ name: z.string(), sha: z.string().meta({ description: 'The commit.' }) })
export type Tag = Readonly<z.output<typeof tagSchema>>

const person = z.object({ name: z.string().nullable(), email: z.string().nullable(), date: z.string().nullable() })

export const commitSchema = z.object({
  sha: z.string(),
  message: z.string(),
  author: person,
  committer: person,
  parents: z.array(z.string()),
  url,
})
export type Commit = Readonly<z.output<typeof commitSchema>>

export const entrySchema = z.object({
  name: z.string(),
  path: z.string().meta({ description: 'From the root of the repository.' }),
  type: z.enum(['file', 'dir', 'symlink', 'submodule']),
  sha: z.string().meta({ description: 'Of this content: what a change of it has to name.' }),
  size: z.int().nullable().meta({ description: 'In bytes.' }),
})
export type Entry = Readonly<z.output<typeof entrySchema>>

export const encodingSchema = z.enum(['utf-8', 'base64'])
export type Encoding = z.output<typeof encodingSchema>

export const fileSchema = entrySchema.extend({ content: z.string(), encoding: encodingSchema })

/** A file as a host gives it: in its own words, and its bytes. */
export interface FileContent {
  readonly kind: 'file'
  readonly entry: Entry
  readonly native: Readonly<Record<string, unknown>>
  /** Asked for by who needs it: hosts may want a second call for large files. */
  bytes(signal: AbortSignal): Promise<Uint8Array>
}

export interface FolderContent {
  readonly kind: 'folder'
  readonly entries: readonly { readonly value: Entry; readonly native: Readonly<Record<string, unknown>> }[]
}

const author = z
  .strictObject({ name: z.string().min(1), email: z.email() })
  .optional()
  .meta({ description: 'Who wrote the change. Default: whom the credentials of the service belong to.' })
const message = z.string().min(1).max(65_536).meta({ description: 'The message of the commit.' })
const branch = z.string().min(1).optional().meta({ description: 'Where to. Default: the default branch.' })
const sha = z
  .string()
  .regex(/^[0-9a-f]{40,64}$/, 'must be the sha of the file as it was read')
  .meta({ description: 'The file’s sha as it was read: where it is another by now, nothing is done (409).' })

export const createFileBody = z.strictObject({
  content: z.string().meta({ description: 'The whole file.' }),
  encoding: encodingSchema.default('utf-8').meta({ description: 'How content is to be read.' }),
  message,
  branch,
  author,
})
export const updateFileBody = createFileBody.extend({ sha })
export const deleteFileBody = z.strictObject({ sha, message, branch, author })

/** One commit's worth of writing. */
export interface FileChange {
  readonly content: Uint8Array
  readonly message: string
  readonly branch: string | undefined
  readonly author: { readonly name: string; readonly email: string } | undefined
}

export const changeSchema = z.object({
  path: z.string(),
  sha: z.string().nullable().meta({ description: 'Of the new content; null where the file is gone.' }),
  commit: commitSchema.pick({ sha: true, message: true, url: true }),
})
export type Change = Readonly<z.output<typeof changeSchema>>

const discussion = {
  number: z.int(),
  title: z.string(),
  body: z.string().nullable(),
  state: z.string().meta({ description: 'open, closed or merged.' }),
  author: z.string().nullable(),
  comments: z.int().nullable().meta({ description: 'How many there are, where the host says so.' }),
  url,
  created_at: date('When it was made.'),
  updated_at: date('When it was last changed.'),
  closed_at: date('When it was closed.'),
}

export const issueSchema = z.object({ ...discussion, labels: z.array(z.string()) })
export type Issue = Readonly<z.output<typeof issueSchema>>

const side = z.object({
  branch: z.string(),
  sha: z.string(),
  repository: z
    .string()
    .nullable()
    .meta({ description: 'With its owner, which a fork’s is another; null: it is gone.' }),
})

export const pullRequestSchema = z.object({
  ...discussion,
  draft: z.boolean(),
  head: side.meta({ description: 'What is to be merged.' }),
  base: side.meta({ description: 'Where to.' }),
  merged_at: date('When it was merged.'),
})
export type PullRequest = Readonly<z.output<typeof pullRequestSchema>>

export const commentSchema = z.object({
  id: z.int(),
  body: z.string(),
  author: z.string().nullable(),
  url,
  created_at: date('When it was made.'),
  updated_at: date('When it was last changed.'),
})
export type Comment = Readonly<z.output<typeof commentSchema>>

const title = z.string().min(1).max(1_024)
const body = z.string().optional().meta({ description: 'In Markdown.' })

export const createIssueBody = z.strictObject({ title, body, labels: z.array(z.string().min(1)).optional() })
export type NewIssue = Readonly<z.output<typeof createIssueBody>>

export const createPullRequestBody = z.strictObject({
  title,
  body,
  head: z.string().min(1).meta({ description: 'The branch that is to be merged; owner:branch for one of a fork.' }),
  base: z.string().min(1).optional().meta({ description: 'Where to. Default: the default branch.' }),
  draft: z.boolean().optional(),
})
export type NewPullRequest = Readonly<Omit<z.output<typeof createPullRequestBody>, 'head'>> & { readonly head: Head }

export const createCommentBody = z.strictObject({ body: z.string().min(1).meta({ description: 'In Markdown.' }) })

export const createBranchBody = z.strictObject({
  name: z.string().min(1),
  from: z.string().min(1).optional().meta({
    description: 'A branch, a tag or a commit to begin from. Default: the default branch.',
  }),
})

/** What a comment is on. */
export interface Discussion {
  readonly kind: 'issue' | 'pull'
  readonly number: number
}
