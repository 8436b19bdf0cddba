/** Collections as the kit makes, changes and drops them. */
import type { Collections } from '@gw/records/documents'
import type { Db } from 'mongodb'
import { indexesOf, validatorOf } from './collections.ts'

/** MongoDB takes 255 bytes for the names of database and collection together. */
export const LONGEST_NAME = 120

export const isCollectionName = (name: string): boolean => !/[$\0]/.test(name) && !name.startsWith('system.')

export const collectionsOf = (db: Db): Collections => ({
  validatorOf: (name) => validatorOf(db, name),
  create: (name, validator) => db.createCollection(name, { validator }),
  setValidator: (name, validator) => db.command({ collMod: name, validator }),
  drop: (name) => db.collection(name).drop(),
  lacks: async (name, field) => (await db.collection(name).findOne({ [field]: null })) !== null,
  differs: async (name, field, types) =>
    (await db.collection(name).findOne({
      $and: [{ [field]: { $exists: true } }, { $nor: [{ [field]: { $type: [...types] } }] }],
    } as object)) !== null,
  clear: (name, field) => db.collection(name).updateMany({ [field]: { $exists: true } }, { $unset: { [field]: '' } }),
  indexesOf: (name) => indexesOf(db, name),
  createIndex: (name, { name: own, field, unique, sparse }) =>
    db
      .collection(name)
      .createIndex({ [field]: 1 }, { name: own, ...(unique && { unique }), ...(sparse && { sparse }) }),
  dropIndex: (name, index) => db.collection(name).dropIndex(index),
})
