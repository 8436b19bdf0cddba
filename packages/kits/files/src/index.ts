/** What file services share: a store gives bytes by path, the rest is here. */
export { chunksOf } from './chunks.ts'
export { checkCondition, isConditional } from './conditions.ts'
export { type FilesConfig, filesConfigShape } from './config.ts'
export { type FileReason, failureOf } from './failure.ts'
export { UNKNOWN_TYPE } from './media-types.ts'
export { asFolder, isFolder, isPath, nameOf, PARTIAL_PREFIX, parentOf } from './paths.ts'
export { defineFileServiceType } from './service.ts'
export type {
  ByteRange,
  Entry,
  FileCapabilities,
  FileEntry,
  FileStore,
  FileStoreProvider,
  FolderEntry,
  OpenFile,
  PresignOptions,
  Removal,
  WriteCondition,
  WriteOptions,
} from './store.ts'
export { type Turns, takeTurns } from './turns.ts'
