import { expect, test } from 'vitest'
import { ANSWERS_KEPT, answerDocuments, type KeptDocument } from '../src/documents/answers.ts'

const signal = new AbortController().signal
const transaction = { id: Symbol('one') }

/** A collection in memory, of which a test says what another transaction does to it. */
const collection = (meanwhile: (kept: Map<string, KeptDocument>) => 'done' | 'taken' | 'held' = () => 'done') => {
  const kept = new Map<string, KeptDocument>()
  let made = 0
  const store = answerDocuments(
    {
      async make() {
        made += 1
      },
      find: async (key) => (kept.get(key)?.answer === null ? undefined : kept.get(key)),
      remove: async (key) => kept.delete(key),
      async insert(key, document) {
        const outcome = meanwhile(kept)
        if (outcome === 'done') kept.set(key, document)
        return outcome
      },
      update: async (key, document) => kept.set(key, document),
    },
    { log: { error() {} } as never, guarded: (work) => work() },
  )
  return { store, kept, made: () => made }
}
const answer = (text: string, at = new Date()): KeptDocument => ({
  request: 'r',
  rights: 'g',
  answer: text,
  kept_at: at,
})

test('an answer is found once it was kept, and its collection is made once', async () => {
  const { store, made } = collection()
  expect(await store.find('k', signal)).toBeUndefined()
  expect(await store.take('k', transaction, signal)).toBe(true)
  expect(await store.find('k', signal), 'a key without an answer').toBeUndefined()
  await store.keep('k', { request: 'r', rights: 'g', answer: '1' }, transaction, signal)
  expect(await store.find('k', signal)).toEqual({ request: 'r', rights: 'g', answer: '1' })
  expect(made()).toBe(1)
})
test('one that has expired is none, and goes', async () => {
  const { store, kept } = collection()
  kept.set('k', answer('old', new Date(Date.now() - ANSWERS_KEPT * 1000 - 1_000)))
  expect(await store.find('k', signal)).toBeUndefined()
  expect(kept.size).toBe(0)
})
test('a key that is kept by now is not taken', async () => {
  const { store } = collection(() => 'taken')
  expect(await store.take('k', transaction, signal)).toBe(false)
})
test('one that another transaction holds is waited for until its answer is there', async () => {
  const { store } = collection((kept) => {
    setTimeout(() => kept.set('k', answer('theirs')), 50)
    return 'held'
  })
  expect(await store.take('k', transaction, signal)).toBe(false)
  expect((await store.find('k', signal))?.answer).toBe('theirs')
})
