export { postgresSyntax, type SqlSyntax, sqliteSyntax } from './compile/syntax.ts'
export type {
  Cell,
  Cells,
  Constraint,
  Introspected,
  SqlCapabilities,
  SqlConfig,
  SqlConnection,
  SqlDialect,
  SqlExecutor,
  SqlFailure,
  SqlResult,
  SqlRunOptions,
} from './dialect.ts'
export { FAILURES, type SqlReason } from './failure.ts'
export type { Codec } from './wire.ts'
