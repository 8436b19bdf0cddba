/** Pages of a host as lists: one page with where the next begins, or all of them while they are sent. */
import { type Call, isTrue, type Rows, rows } from '@gw/core'
import type { ServiceContext } from './context.ts'
import { told } from './failure.ts'
import type { Page, PageRequest } from './host.ts'
import { type ListQuery, pageIn, projection, textOf } from './parameters.ts'

type Read<T> = (page: PageRequest, signal: AbortSignal) => Promise<Page<T>>

async function* everything<T extends object>(
  { classify }: ServiceContext,
  read: Read<T>,
  { perPage, page }: PageRequest,
  signal: AbortSignal,
): AsyncGenerator<T> {
  let next = page
  do {
    let found: Page<T>
    try {
      found = await read({ page: next, perPage }, signal)
    } catch (error) {
      throw signal.aborted ? signal.reason : told(error, classify)
    }
    yield* found.items
    // A page that names itself as the next would never end.
    next = found.next === next ? undefined : found.next
  } while (next !== undefined)
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
    const whole = { ...request, perPage: query.per_page === undefined ? 100 : request.perPage }
    const items = projected(everything(context, read, whole, call.signal), keep)
    return rows({ items, identifier: [identifier] })
  }
  const { items, next } = await read(request, call.signal)
  return rows({
    items: items.map(keep),
    identifier: [identifier],
    ...(next !== undefined && { meta: { next } }),
  })
}
