/**
 * Routines where PostgreSQL's ways are spoken (PostgreSQL, AlloyDB): found in its catalogue, called by name, cursors
 * unfolded.
 */
import type { Routine, RoutineParameter } from '@gw/records'
import { type Kysely, type RawBuilder, sql } from 'kysely'
import { slot } from '../compile/slots.ts'
import type { RowSet } from '../dialect.ts'
import { declaredSize } from '../types.ts'
import { postgresFieldType as fieldType } from './postgres-types.ts'
import type { ResultColumn, RoutineAnswer, RoutineSession, SqlRoutines } from './seam.ts'

const MODES: Readonly<Record<string, RoutineParameter['mode']>> = { i: 'IN', v: 'IN', o: 'OUT', b: 'INOUT' }

interface FoundArgument {
  /** As in `pg_proc.proargmodes`; `t` is a column of RETURNS TABLE. */
  readonly mode: string
  readonly name: string | null
  readonly type: string
  /** Of a domain, what it is made of. */
  readonly sized: string
  readonly default: string | null
}
interface FoundRoutine {
  readonly schema: string
  readonly name: string
  readonly procedure: boolean
  readonly description: string | null
  readonly set: boolean
  readonly returns: string
  readonly sized: string
  readonly composite: boolean
  readonly arguments: readonly FoundArgument[] | null
  /** Of the composite type that it returns. */
  readonly columns: readonly FoundArgument[] | null
  readonly current: string | null
}

/** @param wanted The configuration's `schema`: blank or `all`, `default`, or a name. */
export const postgresRoutines = (wanted: string): SqlRoutines => ({
  read: (db) => readRoutines(db, wanted),
  pinned: (routine) => routine.returns?.dbType === CURSOR || routine.parameters.some(isCursor),
  call: (routine, args, session, limit) =>
    (routine.kind === 'procedure' ? callProcedure : callFunction)(routine, args, session, limit),
})

/**
 * Left out are aggregates, window functions and triggers, what belongs to an extension, and what can not be called
 * with plain values: pseudo-types as arguments, and rows whose columns are only known to the statement that asks.
 */
const readRoutines = async (db: Kysely<any>, wanted: string): Promise<readonly Routine[]> => {
  const { rows } = await sql<FoundRoutine>`
    select n.nspname as schema, p.proname as name, p.prokind = 'p' as procedure,
      obj_description(p.oid, 'pg_proc') as description, p.proretset as "set", format_type(p.prorettype, null) as returns,
      case r.typtype when 'd' then format_type(r.typbasetype, r.typtypmod) else format_type(r.oid, null) end as sized,
      r.typtype = 'c' as composite, a.arguments, c.columns, current_schema() as current
    from pg_proc p
    join pg_namespace n on n.oid = p.pronamespace
    join pg_type r on r.oid = p.prorettype
    left join lateral (
      select json_agg(json_build_object(
          'mode', coalesce(p.proargmodes[k.place]::text, 'i'), 'name', nullif(p.proargnames[k.place], ''),
          'type', format_type(t.oid, -1),
          'sized', case t.typtype when 'd' then format_type(t.typbasetype, t.typtypmod) else format_type(t.oid, null) end,
          'default', pg_get_function_arg_default(p.oid, k.place::int)) order by k.place) as arguments,
        bool_or(t.typtype = 'p' and t.typname <> 'record') as pseudo
      from unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])) with ordinality as k(type, place)
      join pg_type t on t.oid = k.type
    ) a on true
    left join lateral (
      select json_agg(json_build_object('mode', 't', 'name', m.attname, 'type', format_type(t.oid, -1),
          'sized', case t.typtype when 'd' then format_type(t.typbasetype, t.typtypmod) else format_type(t.oid, null) end)
          order by m.attnum) as columns
      from pg_attribute m
      join pg_type t on t.oid = m.atttypid
      where m.attrelid = r.typrelid and m.attnum > 0
    ) c on r.typtype = 'c'
    where p.prokind in ('f', 'p') and not coalesce(a.pseudo, false)
      and (r.typtype <> 'p' or r.typname = 'void' or (r.typname = 'record' and p.proallargtypes is not null) or p.prokind = 'p')
      and n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'
      and (${wanted} in ('', 'all') or n.nspname = case ${wanted} when 'default' then current_schema() else ${wanted} end)
      and has_function_privilege(p.oid, 'EXECUTE') and has_schema_privilege(n.oid, 'USAGE')
      and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
    order by n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)`.execute(db)
  const plain = ['', 'all', 'default'].includes(wanted) ? (rows[0]?.current ?? 'public') : wanted
  return rows.map((row) => routineOf(row, plain))
}

const columnOf = ({ name, type, sized }: FoundArgument, at: number): ResultColumn => ({
  name: name ?? `column${at + 1}`,
  type: fieldType(sized),
  dbType: type,
})

const routineOf = (found: FoundRoutine, plain: string): Routine => {
  const { schema, name, procedure, description, set, returns, sized, composite } = found
  const all = found.arguments ?? []
  const parameters = all.filter(({ mode }) => mode in MODES).map(parameterOf)
  const own = all.filter(({ mode }) => mode === 't' || (set && mode !== 'i' && mode !== 'v'))
  const columns = (own.length > 0 ? own : (found.columns ?? [])).map(columnOf)
  const outs = parameters.some(isOut)
  const kind = set || composite ? 'rows' : outs || returns === 'void' ? 'none' : 'value'
  return {
    name: schema === plain ? name : `${schema}.${name}`,
    native: name,
    schema,
    kind: procedure ? 'procedure' : 'function',
    ...(description === null ? {} : { description }),
    parameters,
    ...(procedure
      ? {}
      : {
          returns: {
            kind,
            ...(kind === 'value' ? { type: fieldType(sized) } : {}),
            dbType: returns,
            ...(columns.length > 0 ? { columns } : {}),
          },
        }),
  }
}

const parameterOf = (found: FoundArgument, at: number): RoutineParameter => {
  const type = fieldType(found.sized)
  return {
    name: found.name ?? `$${at + 1}`,
    named: found.name !== null,
    mode: MODES[found.mode]!,
    type,
    dbType: found.type,
    ...declaredSize(found.sized, type),
    ...(found.default === null ? {} : { default: found.default }),
    ...(found.mode === 'v' ? { variadic: true } : {}),
  }
}

const CURSOR = 'refcursor'
const isOut = ({ mode }: RoutineParameter): boolean => mode !== 'IN'
const isCursor = ({ dbType }: { readonly dbType: string }): boolean => dbType === CURSOR

/**
 * The arguments, cast to their types so that the right one of several functions is meant: in their order as far as
 * one has no name, by name after that. What is not given is left to its default.
 */
const argumentList = (routine: Routine, args: readonly unknown[]): RawBuilder<unknown> => {
  // A procedure is called with all of its parameters, a function with those that take a value.
  const all = routine.parameters.map((parameter, at) => ({ parameter, at, given: args[at] !== undefined }))
  const places = all.filter(({ parameter }) => routine.kind === 'procedure' || parameter.mode !== 'OUT')
  const isLeft = ({ parameter, given }: (typeof places)[number]) =>
    !given && parameter.mode !== 'OUT' && parameter.default !== undefined
  const unnamed = places.findLastIndex(({ parameter }) => !parameter.named)
  const needed = places.slice(0, unnamed + 1).findLastIndex((place) => !isLeft(place))
  const items = places.flatMap((place, index) => {
    const { parameter, at, given } = place
    if (index > needed && isLeft(place)) return []
    const value = given ? slot(at) : parameter.variadic ? sql`'{}'` : sql`null`
    // From the catalogue, where the server has quoted it.
    const typed = sql`cast(${value} as ${sql.raw(parameter.dbType)})`
    const called = index <= unnamed ? typed : sql`${sql.id(parameter.name)} => ${typed}`
    return [parameter.variadic ? sql`variadic ${called}` : called]
  })
  return sql.join(items)
}

/** Which arguments are given decides the statement's text. */
const shapeOf = (args: readonly unknown[]): string => args.map((value) => (value === undefined ? '0' : '1')).join('')

const idOf = ({ schema, native }: Routine): RawBuilder<unknown> => sql.id(...(schema ? [schema] : []), native)

const first = (set: RowSet | undefined): readonly unknown[] => set?.rows[0] ?? []

/** The rows behind the cursors that a row holds, and the row without them. */
const unfold = async (
  set: RowSet,
  session: RoutineSession,
  limit: number,
): Promise<{ rest: RowSet; sets: RowSet[] }> => {
  const sets: RowSet[] = []
  const cursors = set.columns.map(isCursor)
  for (const row of set.rows)
    for (const [at, cell] of row.entries()) {
      if (!cursors[at] || cell === null) continue
      const rows = sql`fetch forward ${sql.lit(limit + 1)} from ${sql.id(String(cell))}`
      sets.push(...(await session.run(() => rows, [])))
    }
  const kept = <T>(list: readonly T[]): T[] => list.filter((_, at) => !cursors[at])
  return { rest: { columns: kept(set.columns), rows: set.rows.map(kept) }, sets }
}

/** A type without a number that every server shares (an enum, an array of them) is known from the declaration. */
const typed = (column: ResultColumn, declared: Pick<ResultColumn, 'type' | 'dbType'> | undefined): ResultColumn =>
  declared && column.dbType === 'text' ? { name: column.name, type: declared.type, dbType: declared.dbType } : column

/** The columns of OUT values, called as their parameters are. */
const outOf = (set: RowSet, { parameters }: Routine): RowSet => {
  const outs = parameters.filter((parameter) => isOut(parameter) && !isCursor(parameter))
  const columns = set.columns.map((column, at) => ({ ...typed(column, outs[at]), name: outs[at]?.name ?? column.name }))
  return { ...set, columns }
}

const callProcedure: SqlRoutines['call'] = async (routine, args, session, limit) => {
  const call = () => sql`call ${idOf(routine)}(${argumentList(routine, args)})`
  const [set] = await session.run(call, args, shapeOf(args))
  if (!set || set.columns.length === 0) return { sets: [] }
  const { rest, sets } = await unfold(set, session, limit)
  return rest.columns.length === 0 ? { sets } : { sets, out: outOf(rest, routine) }
}

const callFunction: SqlRoutines['call'] = async (routine, args, session, limit): Promise<RoutineAnswer> => {
  const call = () => sql`select * from ${idOf(routine)}(${argumentList(routine, args)}) limit ${sql.lit(limit + 1)}`
  const set = (await session.run(call, args, shapeOf(args)))[0]!
  const { kind, type, dbType, columns = [] } = routine.returns!
  if (set.columns.some(isCursor) && columns.length === 0) {
    const { rest, sets } = await unfold(set, session, limit)
    return kind !== 'none' || rest.columns.length === 0 ? { sets } : { sets, out: outOf(rest, routine) }
  }
  if (kind === 'rows') {
    const declared = (name: string) => columns.find((column) => column.name === name)
    return { sets: [{ ...set, columns: set.columns.map((column) => typed(column, declared(column.name))) }] }
  }
  if (kind === 'value') {
    const column = typed(set.columns[0]!, type && { type, dbType })
    return { sets: [], value: { column, cell: first(set)[0] ?? null } }
  }
  return routine.parameters.some(isOut) ? { sets: [], out: outOf(set, routine) } : { sets: [] }
}
