/** The collection of answers to writes that may be sent again. */
import { ANSWERS, ANSWERS_KEPT, type AnswerDocuments, type KeptDocument } from '@gw/records/documents'
import { type Db, MongoServerError } from 'mongodb'
import type { Sessions } from './sessions.ts'

/** MongoDB's codes for a key that is there, and for one that another transaction may have. */
const DUPLICATE = 11_000
const WRITE_CONFLICT = 112

export const answersIn = (db: Db, sessions: Sessions): AnswerDocuments => {
  const kept = db.collection<KeptDocument & { readonly _id: string }>(ANSWERS)
  return {
    // MongoDB itself removes what has expired.
    make: () => kept.createIndex({ kept_at: 1 }, { expireAfterSeconds: ANSWERS_KEPT }),
    find: async (key, signal) => (await kept.findOne({ _id: key, answer: { $ne: null } }, { signal })) ?? undefined,
    remove: (key, keptAt) => kept.deleteOne({ _id: key, kept_at: { $lte: keptAt } }),
    async insert(key, document, transaction) {
      try {
        await kept.insertOne({ _id: key, ...document }, sessions.of({ transaction }))
        return 'done'
      } catch (error) {
        const { code } = error instanceof MongoServerError ? error : {}
        if (code === DUPLICATE || code === WRITE_CONFLICT) return code === DUPLICATE ? 'taken' : 'held'
        throw error
      }
    },
    update: (key, document, transaction) =>
      kept.updateOne({ _id: key }, { $set: document }, sessions.of({ transaction })),
  }
}
