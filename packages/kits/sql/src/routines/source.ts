/** A database's routines as the records kit knows them: statements compiled once, cells in wire form, errors told. */
import { GwError } from '@gw/core'
import {
  type Failure,
  type Field,
  PAGE_CEILING,
  parameterField,
  type Reason,
  type Routine,
  type RoutineResult,
  type RoutineSource,
  type Row,
  type RunOptions,
} from '@gw/records'
import { compileStatement, type Statement } from '../compile/slots.ts'
import type { RowSet, SqlExecutor } from '../dialect.ts'
import { rowForm } from '../execute/rows.ts'
import { once, type Runtime } from '../execute/runtime.ts'
import type { RoutineCache } from './catalog.ts'
import type { ResultColumn, RoutineAnswer, RoutineSession, SqlRoutines } from './seam.ts'

/** The most rows of one row set: a routine has no pages, and its rows are held in memory. */
const ROW_LIMIT = PAGE_CEILING

/** The most forms of a call whose statements are kept, for each routine. */
const SHAPES = 64

export interface RoutineRuntime extends Pick<Runtime, 'db' | 'dialect' | 'transaction'> {
  readonly routines: SqlRoutines
  readonly cache: RoutineCache
  executor(options: Pick<RunOptions, 'transaction'>): SqlExecutor
  /** Turns what is thrown into what a caller may read. */
  guarded<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>
  classify(error: unknown): Failure | undefined
}

/** Failures that a caller can do something about. Any other lies in the routine, and is the operator's to read in the log. */
const TOLD: ReadonlySet<Reason> = new Set([
  'unique',
  'foreign_key',
  'exclusion',
  'not_null',
  'invalid_value',
  'out_of_range',
  'too_long',
  'too_complex',
  'deadlock',
  'busy',
  'timeout',
  'unreachable',
  'credentials',
  'tls',
  'permission',
  'missing_database',
  'resources',
  'damaged',
  'read_only',
])
/** A rule about values has a name; an exception that the routine raised has none. */
const isTold = ({ reason, constraint }: Failure): boolean =>
  TOLD.has(reason) || (reason === 'check' && constraint !== undefined)

const columnField = ({ name, type, dbType }: ResultColumn): Field =>
  parameterField({ name, named: true, mode: 'OUT', type, dbType })

export const routineSource = (runtime: RoutineRuntime): RoutineSource => {
  const { db, dialect, routines, cache, executor, guarded, classify } = runtime
  const statementsOf = once((_routine: Routine) => new Map<string, Statement>())
  const bindersOf = once(({ parameters }: Routine) => parameters.map((one) => dialect.binder(parameterField(one))))

  const sessionOf = (routine: Routine, options: RunOptions): RoutineSession => ({
    async run(make, binds, shape) {
      const statements = statementsOf(routine)
      let statement = shape === undefined ? undefined : statements.get(shape)
      if (!statement) {
        // The binder of an argument is its parameter's, so that a slot needs no field.
        statement = compileStatement(db, make(), () => undefined)
        // A client chooses which arguments it gives: the many forms of a call must not fill the memory.
        if (statements.size >= SHAPES) statements.clear()
        if (shape !== undefined) statements.set(shape, statement)
      }
      // Without a name, so that it is not kept prepared: a prepared call goes on giving the columns it first gave.
      const running = { signal: options.signal, writes: true, sets: ROW_LIMIT + 1 }
      const bound = statement.with([binds])
      const { sets } = await executor(options).run(bound.sql, bound.binds, running)
      if (!sets) throw new Error('The executor gave no row sets.')
      return sets
    },
  })

  const valuesOf = (routine: Routine, args: readonly unknown[]): readonly unknown[] => {
    const binders = bindersOf(routine)
    return args.map((value, at) => {
      const bind = binders[at]
      return value === null || value === undefined || !bind ? value : bind(value)
    })
  }

  const rowsOf = ({ columns, rows }: RowSet): readonly Row[] => {
    if (rows.length > ROW_LIMIT) {
      throw new GwError(
        'too_large',
        `The call gave more than ${ROW_LIMIT} rows in one set, and they can not be answered. Give it arguments that select fewer.`,
      )
    }
    return rowForm(columns.map(columnField), dialect.codec).rows(rows)
  }
  const resultOf = ({ sets, out, value }: RoutineAnswer): RoutineResult => ({
    sets: sets.map(rowsOf),
    out: out && (rowsOf(out)[0] ?? {}),
    value: value && {
      is: value.cell === null ? null : dialect.codec(columnField(value.column)).value(value.cell),
    },
  })

  const failed = (routine: Routine, error: unknown, signal: AbortSignal): unknown => {
    if (GwError.is(error) || signal.aborted) return error
    const failure = classify(error)
    if (failure && isTold(failure)) return error
    if (failure?.reason === 'schema_changed' || failure?.reason === 'not_comparable') cache.outdate()
    return new GwError('internal', `Failed to call database stored ${routine.kind}.`, { cause: error })
  }

  const { procedures, functions } = dialect.capabilities
  return {
    kinds: [...(procedures ? (['procedure'] as const) : []), ...(functions ? (['function'] as const) : [])],
    known: cache.known,
    load: cache.load,
    refresh: cache.refresh,
    call(routine, args, options) {
      const values = valuesOf(routine, args)
      const work = async (run: RunOptions): Promise<RoutineResult> => {
        try {
          return resultOf(await routines.call(routine, values, sessionOf(routine, run), ROW_LIMIT))
        } catch (error) {
          throw failed(routine, error, options.signal)
        }
      }
      return guarded(
        () => (routines.pinned(routine) ? runtime.transaction(work, options) : work(options)),
        options.signal,
      )
    },
  }
}
