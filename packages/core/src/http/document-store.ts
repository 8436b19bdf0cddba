/** Texts of API descriptions: made once for each role and form, and kept until what they describe changes. */
import { LRUCache } from 'lru-cache'
import type { Identity } from '../governance.ts'

/** Characters in all. The description of a hundred tables has about two million. */
const ROOM = 64_000_000

export interface DocumentStore {
  /**
   * @param reader who reads; without one, everything is shown
   * @param variant everything else that the text depends on, revisions of services included
   * @param make makes the text, and says whether it is all there is to say: otherwise it is not kept
   */
  text(
    reader: Identity | undefined,
    variant: string,
    make: () => Promise<{ readonly text: string; readonly whole: boolean }>,
  ): Promise<string>
}

export const createDocumentStore = (): DocumentStore => {
  const texts = new LRUCache<string, string>({
    maxSize: ROOM,
    sizeCalculation: (text, key) => text.length + key.length,
  })
  const ids = new WeakMap<object, number>()
  let count = 0
  /** Roles are the same object until something changes. */
  const idOf = (role: object): number => {
    const id = ids.get(role) ?? ++count
    ids.set(role, id)
    return id
  }
  const readerKey = (reader: Identity | undefined): string => {
    if (!reader || reader.admin) return 'everything'
    return `${reader.role ? idOf(reader.role) : 'nobody'} ${reader.caller.requestor}`
  }
  return {
    async text(reader, variant, make) {
      const key = `${readerKey(reader)}\n${variant}`
      const known = texts.get(key)
      if (known !== undefined) return known
      const { text, whole } = await make()
      if (whole) texts.set(key, text)
      return text
    },
  }
}
