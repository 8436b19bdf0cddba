/** Pages of a host as lists: one page with where the next begins, or all of them while they are sent. */
import { type Call, isTrue, type Rows, rows } from '@gw/core'
import type { ServiceContext } from './context.ts'
import { told } from './failure.ts'
import type { Page, PageRequest } from './host.ts'
import { type ListQuery, pageIn, projection, textOf } from './parameters.ts'

type Read<T> = (page: PageRequest, signal: AbortSignal) => Promise<Page<T>>

/** The first page, and those that follow it as they are asked for. */
async function* everything<T extends object>(
  { classify }: ServiceContext,
  first: Page<T>,
  read: (page: string) => Promise<Page<T>>,
  signal: AbortSignal,
): AsyncGenerator<T> {
  for (let found = first; ; ) {
    yield* found.items
    const { next } = found
    if (next === undefined) return
    try {
      found = await read(next)
    } catch (error) {
      throw signal.aborted ? signal.reason : told(error, classify)
    }
    // A page that names itself as the next would never end.
    if (found.next === next) found = { ...found, next: undefined }
  }
}

async function* projected<T extends object>(items: AsyncIterable<T>, keep: (item: T) => T) {
  for await (const item of items) yield keep(item) as never
}

/** @param identifier what `as_list` plucks */
export const listOf = async <T extends object>(
  context: ServiceContext,
  call: Pick<Call, 'signal'>,
  query: ListQuery,
  read: Read<T>,
  identifier: string,
): Promise<Rows> => {
  const request = pageIn(query)
  const keep = projection(query)
  if (isTrue(textOf(query.all))) {
    // Whole pages: fewer calls to the host.
    const perPage = query.per_page === undefined ? 100 : request.perPage
    const at = (page: string | undefined) => read({ page, perPage }, call.signal)
    // What goes wrong at once is an answer of its own, not one that breaks off.
    const items = projected(everything(context, await at(request.page), at, call.signal), keep)
    return rows({ items, identifier: [identifier] })
  }
  const { items, next } = await read(request, call.signal)
  return rows({
    items: items.map(keep),
    identifier: [identifier],
    ...(next !== undefined && { meta: { next } }),
  })
}
