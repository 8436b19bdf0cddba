/**
 * What a database says about its routines. A connector gives `SqlConnection.routines`; the catalogue's life,
 * arguments, wire forms and errors are the kits'.
 */
import type { FieldType, Routine } from '@gw/records'
import type { Kysely, RawBuilder } from 'kysely'
import type { RowSet } from '../dialect.ts'

/** The statements of one call. */
export interface RoutineSession {
  /**
   * Runs a statement and gives its row sets.
   * @param shape stands for the statement's text among those of this routine: built and compiled once. Absent: run once
   * @param binds the values of `slot(0)`, `slot(1)`, …; for the arguments, `args` as they are
   */
  run(make: () => RawBuilder<unknown>, binds: readonly unknown[], shape?: string): Promise<readonly RowSet[]>
}

/** What came of a call, in the driver's cells. */
export interface RoutineAnswer {
  readonly sets: readonly RowSet[]
  /** One row, whose columns are the OUT and INOUT parameters. */
  readonly out?: RowSet | undefined
  /** What a function of one value gave. */
  readonly value?: { readonly column: ResultColumn; readonly cell: unknown } | undefined
}

/** A column of a result that no plan describes. */
export interface ResultColumn {
  readonly name: string
  readonly type: FieldType
  readonly dbType: string
}

export interface SqlRoutines {
  /** Every routine that the service's user may call, sorted by name. */
  read(db: Kysely<any>): Promise<readonly Routine[]>
  /** Whether a call takes several statements: it then runs in a transaction. */
  pinned(routine: Routine): boolean
  /** `args` stand in the order of the parameters; `undefined`: not given. At most `limit` rows a set are read, and one more. */
  call(routine: Routine, args: readonly unknown[], session: RoutineSession, limit: number): Promise<RoutineAnswer>
}
