/** What sources of documents share: conditions in two truth values, documents as rows, tables by schema and samples. */
export { extendedJson, wrapperOf } from '../extended-json.ts'
export { ANSWERS, ANSWERS_KEPT, type AnswerDocuments, type KeptDocument } from './answers.ts'
export type { Collections } from './collections.ts'
export type { IndexDefinition, PropertyTypes } from './definition.ts'
export { distinctOrder, movesNulls, namesOne, outermostPaths } from './order.ts'
export { type KeyReader, type RelatedKeys, relatedKeys } from './related-keys.ts'
export { type Document, type RowShape, rowsOf } from './rows.ts'
export { documentSource } from './source.ts'
export {
  type DocumentTypes,
  documentTable,
  type FoundDocuments,
  type FoundIndex,
  type JsonSchema,
  sameTable,
  type Typed,
  uniqueConstraints,
} from './table.ts'
export { type OpenTransactions, openTransactions, type SessionSteps } from './transactions.ts'
export { type DocumentLeaf, type LikeCondition, type QueryLanguage, queryFor, type RelatedCondition } from './truth.ts'
export { schemaIn } from './validator.ts'
export { documentValue, meaningsOf, momentOf, type ValueForm } from './values.ts'
export { type DocumentWriting, documentWriter, type Shown, type WritableDocuments } from './writer.ts'
