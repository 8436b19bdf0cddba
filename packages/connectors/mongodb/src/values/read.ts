/** Values on their way out: MongoDB's relaxed Extended JSON (the wire contract §10.1). */
import type { Field, Row, Table } from '@gw/records'
import { extendedJson, rowsOf } from '@gw/records/documents'
import { Binary, BSON, type Document, ObjectId } from 'mongodb'

/** A value as it is answered. */
const wireValue = (value: unknown): unknown =>
  extendedJson(value, (foreign) => BSON.EJSON.serialize(foreign, { relaxed: true }))

/** A document's `_id`: a text where it is an ObjectId or a UUID. */
const wireId = (value: unknown): unknown => {
  if (value instanceof ObjectId) return value.toHexString()
  if (value instanceof Binary && value.sub_type === Binary.SUBTYPE_UUID) return value.toUUID().toHexString()
  return wireValue(value)
}

/** Documents as rows of these fields of a table, and of all else that they have. */
export const rowReader = (
  { fields: listed }: Table,
  fields: readonly Field[],
  rest = false,
): ((document: Document) => Row) =>
  rowsOf({ fields, listed, rest, tell: (value, field) => (field?.native === '_id' ? wireId(value) : wireValue(value)) })
