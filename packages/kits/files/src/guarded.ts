/** A store whose failures are in the family's words, wherever they come from. */
import { GwError } from '@gw/core'
import { type FileReason, failureOf } from './failure.ts'
import type { FileStore, OpenFile } from './store.ts'

type Classify = (error: unknown) => FileReason | undefined

const told = (error: unknown, classify: Classify): unknown => {
  if (GwError.is(error)) return error
  const reason = classify(error)
  return reason === undefined ? error : failureOf(reason, error)
}

async function* pieces<T>(source: AsyncIterable<T>, classify: Classify): AsyncGenerator<T> {
  try {
    yield* source
  } catch (error) {
    throw told(error, classify)
  }
}

export const guarded = (store: FileStore, classify: Classify): FileStore => {
  const guard =
    <A extends readonly unknown[], T>(work: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      try {
        return await work(...args)
      } catch (error) {
        throw told(error, classify)
      }
    }
  const opened = (file: OpenFile): OpenFile => ({
    entry: file.entry,
    read: (range) => pieces(file.read(range), classify),
    close: () => file.close(),
  })
  return {
    ...(store.start && { start: guard(store.start) }),
    verify: guard(store.verify),
    find: guard(store.find),
    list: (...args) => pieces(store.list(...args), classify),
    open: guard(async (...args) => {
      const file = await store.open(...args)
      return file && opened(file)
    }),
    write: guard(store.write),
    remove: guard(store.remove),
    makeFolder: guard(store.makeFolder),
    removeFolder: guard(store.removeFolder),
    ...(store.copy && { copy: guard(store.copy) }),
    ...(store.presign && { presign: guard(store.presign) }),
    close: () => store.close(),
  }
}
