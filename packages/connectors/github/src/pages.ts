/** GitHub's pages. */
import { GwError } from '@gw/core'
import type { Page, PageRequest } from '@gw/repos'

export interface Listed<T> {
  readonly data: readonly T[]
  readonly headers: { readonly link?: string | undefined }
}

/** The number of the next page, as `Link` has it (RFC 8288). */
const nextIn = (link: string | undefined): string | undefined => {
  const target = link
    ?.split(',')
    .find((each) => /;\s*rel="next"/.test(each))
    ?.match(/<([^>]+)>/)?.[1]
  return (target !== undefined && new URL(target).searchParams.get('page')) || undefined
}

export const pageOf = <T, U>({ data, headers }: Listed<T>, shape: (item: T) => U): Page<U> => ({
  items: data.map(shape),
  next: nextIn(headers.link),
})

/** @throws GwError `invalid_request`: GitHub counts its pages */
export const paging = ({ page, perPage }: PageRequest): { readonly per_page: number; readonly page?: number } => {
  if (page === undefined) return { per_page: perPage }
  if (!/^[1-9]\d{0,8}$/.test(page)) throw new GwError('invalid_request', 'page must be a number from 1.')
  return { per_page: perPage, page: Number(page) }
}
