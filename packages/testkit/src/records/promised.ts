/** A source whose answers are promises throughout, as tests like to have them: a source may also answer, or fail, at once. */
import type { RecordsSource } from '@gw/records'

const ANSWERING = ['read', 'readEncoded', 'count', 'group', 'insert', 'update', 'delete', 'truncate'] as const
type Answering = (typeof ANSWERING)[number]

type Promised<F> = F extends (...args: infer A) => infer R ? (...args: A) => Promise<Awaited<R>> : F
export type PromisedSource = Omit<RecordsSource, Answering> & { readonly [M in Answering]: Promised<RecordsSource[M]> }

export const promised = (source: RecordsSource): PromisedSource => ({
  ...source,
  ...(Object.fromEntries(
    ANSWERING.flatMap((name) => {
      const member = source[name] as ((...args: unknown[]) => unknown) | undefined
      return member ? [[name, async (...args: unknown[]) => member(...args)]] : []
    }),
  ) as Pick<PromisedSource, Answering>),
})
