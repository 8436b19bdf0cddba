export type {
  Constraint,
  Failure as SqlFailure,
  Field,
  FieldType,
  ForeignKey,
  Introspected,
  Reason as SqlReason,
  Routine,
  RoutineParameter,
  Table,
  Values,
} from '@gw/records'
export { FAILURES } from '@gw/records'
export {
  assemble,
  type FoundColumn,
  type FoundIndex,
  type FoundKey,
  type FoundReference,
  type FoundTable,
} from './assemble.ts'
export { type KeyPart, keysFrom, type ReferencePart, referencesFrom } from './assemble-parts.ts'
export { type Binder, slot } from './compile/slots.ts'
export {
  isSpatial,
  mysqlSyntax,
  postgresSyntax,
  type SqlEmbed,
  type SqlSyntax,
  sqliteSyntax,
} from './compile/syntax.ts'
export { driverExtras, queueOptions, sqlConfigShape } from './config.ts'
export type { NativeType, Size, SqlDdl } from './ddl/dialect.ts'
export type {
  Cell,
  Cells,
  RowSet,
  SqlCapabilities,
  SqlConfig,
  SqlConnection,
  SqlDialect,
  SqlExecutor,
  SqlLoad,
  SqlResult,
  SqlRunOptions,
} from './dialect.ts'
export { callbackPool } from './driver/callback-pool.ts'
export { type CancellingOptions, type CancellingPool, cancellingPool } from './driver/cancelling.ts'
export { type CommitGroup, type CommitGroupOptions, commitGroup, type GroupConnection } from './driver/commit-group.ts'
export { type Gate, gate } from './driver/gate.ts'
export { networkReason } from './driver/network.ts'
export { type Pace, pace } from './driver/pace.ts'
export { connectionPool, type Pool, type Poolable, type PoolOptions } from './driver/pool.ts'
export { type PreparedNames, preparedNames, renewing } from './driver/prepared.ts'
export { promisePool } from './driver/promise-pool.ts'
export {
  type BoundedQueue,
  boundedQueue,
  type Places,
  places,
  type QueueOptions,
  type Waiting,
} from './driver/queue.ts'
export { type RowFeed, rowStream } from './driver/row-stream.ts'
export { type OpenSession, onSessions, type PooledSession, Soundness } from './driver/sessions.ts'
export { type SharedConnection, type SharedRunnerOptions, sharedRunner, shareOf } from './driver/shared-runner.ts'
export { type SharedRunner, type SharedStatement, sharing, type Timed } from './driver/sharing.ts'
export {
  databaseSize,
  isLong,
  type Judgement,
  judged,
  type PlanStep,
  planWeight,
  type Weight,
} from './driver/sqlite-plans.ts'
export { tlsOptions } from './driver/tls.ts'
export { inTransaction, type TransactionSteps } from './driver/transaction.ts'
export { noneAfterUndone } from './driver/undone.ts'
export {
  abortable,
  acquire,
  type Cancelling,
  cancellable,
  type RetryOptions,
  retrying,
  turns,
  unless,
} from './driver/waiting.ts'
export type { CellForm } from './execute/cell-forms.ts'
export type { RowSink } from './execute/row-bytes.ts'
export { once } from './execute/runtime.ts'
export { loadInBlocks } from './loading/blocks.ts'
export { mysqlLoad } from './loading/mysql-family.ts'
export { ownerKey, type PackedColumns, packedColumns, packRows, unpackRows } from './packed-columns.ts'
export { mysqlRoutines, mysqlRowSets } from './routines/mysql-family.ts'
export { postgresRoutines } from './routines/postgres-family.ts'
export { postgresFieldType } from './routines/postgres-types.ts'
export type { ResultColumn, RoutineAnswer, RoutineSession, SqlRoutines } from './routines/seam.ts'
export { defineSqlServiceType, sqlDialectOf } from './service.ts'
export { type SqlSource, sqlSource } from './source.ts'
export { sqliteCollations } from './sqlite-collations.ts'
export { declaredSize, simpleType } from './types.ts'
export {
  binaryCodec,
  type Codec,
  decimalCodec,
  decimalValue,
  finite,
  floatCodec,
  integerCodec,
  jsonCodec,
  plainCodec,
  textCodec,
} from './wire.ts'
export {
  anyTextCodec,
  doubleCodec,
  exactCodec,
  listCodec,
  momentCodec,
  singleCodec,
  truthCodec,
  wholeCodec,
  yearCodec,
} from './wire-binary.ts'
export { bindGeometry, geometryCodec } from './wire-geometry.ts'
export { arrayCodec, arrayText, bytesOf, elementwise, hexCodec, letterCodec } from './wire-text.ts'
