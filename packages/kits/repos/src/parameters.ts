/** Parameters of a query, for validation and for the documents (the wire contract's services part, §8.1). */
import { GwError } from '@gw/core'
import { z } from 'zod'
import { encodingSchema } from './model.ts'

const parameter = (description: string) =>
  z
    .union([z.string(), z.array(z.string())])
    .optional()
    .meta({ description })

export type Parameter = string | readonly string[] | undefined

/** Of one that is repeated, the last counts; an empty one is absent. */
export const textOf = (value: Parameter): string | undefined =>
  (typeof value === 'object' ? value.at(-1) : value) || undefined

const paging = {
  page: parameter('The page, from 1; or what meta.next of the page before said.'),
  per_page: parameter('How many on a page, 1 to 100. Default: 50.'),
}
const fields = { fields: parameter('The keys that are answered, separated by commas.') }
const reference = {
  branch: parameter('A branch, a tag or a commit. Default: the default branch of the repository.'),
  tag: parameter('The same, where there is no branch.'),
}

export const wireListQuery = z.looseObject({ ...paging, ...fields })
export const wireContentQuery = z.looseObject({
  ...reference,
  ...fields,
  path: parameter('A file or folder, where the address names none.'),
  content: parameter('true: the content of the file and nothing else.'),
})
export type WireContentQuery = z.output<typeof wireContentQuery>

export const listQuery = z.looseObject({
  ...paging,
  ...fields,
  all: parameter('true: every page, one after the other.'),
})
export type ListQuery = z.output<typeof listQuery>

export const fileQuery = z.looseObject({
  ...reference,
  ...fields,
  encoding: z
    .union([encodingSchema, z.literal('')])
    .optional()
    .meta({ description: 'How content is answered. Default: utf-8 where the file is that, else base64.' }),
})
export const commitsQuery = listQuery.extend({ ...reference, path: parameter('Only commits that changed it.') })
export const discussionsQuery = listQuery.extend({
  state: z.enum(['open', 'closed', 'all']).default('open').meta({ description: 'Which of them.' }),
})
export const pullRequestsQuery = discussionsQuery.extend({
  head: parameter('Only those of this branch; owner:branch for one of a fork.'),
  base: parameter('Only those into this branch.'),
})
export const deletionQuery = z.looseObject({
  sha: parameter('As in the body.'),
  message: parameter('As in the body.'),
  branch: parameter('As in the body.'),
})

/** The ref that a call names; `branch` goes before `tag`. */
export const refIn = (query: { readonly branch?: Parameter; readonly tag?: Parameter }): string | undefined =>
  query.branch === undefined ? textOf(query.tag) : textOf(query.branch)

const PER_PAGE = 50
const MOST = 100

/** More than a host gives at a time is as much as it gives. @throws GwError `invalid_request` */
export const pageIn = (query: { readonly page?: Parameter; readonly per_page?: Parameter }) => {
  const asked = textOf(query.per_page) ?? String(PER_PAGE)
  const perPage = /^\d{1,9}$/.test(asked) ? Math.min(Number(asked), MOST) : 0
  if (perPage < 1) throw new GwError('invalid_request', `per_page must be a number from 1 to ${MOST}.`)
  const page = textOf(query.page)
  if (page !== undefined && !/^[\w=+/.:-]{1,512}$/.test(page))
    throw new GwError('invalid_request', 'page must be a number from 1, or what meta.next said.')
  return { page: page === '1' ? undefined : page, perPage }
}

/** Projects onto the keys that a call asks for; unknown ones are ignored. */
export const projection = (query: { readonly fields?: Parameter }): (<T extends object>(item: T) => T) => {
  const names = textOf(query.fields)
    ?.split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  if (!names || names.length === 0 || names.includes('*')) return (item) => item
  return (item) => Object.fromEntries(Object.entries(item).filter(([key]) => names.includes(key))) as typeof item
}
