/** Stored procedures and functions as values, and what a source has to offer to have them called. */
import type { FieldType } from '../catalog.ts'
import type { Row, RunOptions } from '../source.ts'

export type RoutineKind = 'procedure' | 'function'

/** The part of a path under which each kind stands; also the first part of its access component. */
export const ROUTINE_BRANCH: Readonly<Record<RoutineKind, '_proc' | '_func'>> = {
  procedure: '_proc',
  function: '_func',
}

export interface RoutineParameter {
  /** Unique in its routine; `$1` where the source has no name for it. */
  readonly name: string
  /** Whether the source knows it by that name. */
  readonly named: boolean
  readonly mode: 'IN' | 'OUT' | 'INOUT'
  readonly type: FieldType
  /** The source's own type. */
  readonly dbType: string
  readonly length?: number | undefined
  readonly precision?: number | undefined
  readonly scale?: number | undefined
  /** The default as the source states it; `undefined` where there is none. */
  readonly default?: string | undefined
  /** Takes all further arguments as one array. */
  readonly variadic?: boolean | undefined
}

/** What a function gives: one value, rows, or nothing (only its OUT parameters). */
export interface RoutineReturn {
  readonly kind: 'value' | 'rows' | 'none'
  readonly type?: FieldType | undefined
  readonly dbType: string
  /** The columns of its rows, where they are known. */
  readonly columns?: readonly { readonly name: string; readonly type: FieldType; readonly dbType: string }[] | undefined
}

export interface Routine {
  /** The API name; `schema.name` outside the default schema. Several may share it: they are variants of one. */
  readonly name: string
  readonly native: string
  readonly schema?: string | undefined
  readonly kind: RoutineKind
  readonly description?: string | undefined
  readonly parameters: readonly RoutineParameter[]
  /** Absent for procedures. */
  readonly returns?: RoutineReturn | undefined
}

/** All routines that share a name: one component for roles. */
export interface RoutineGroup {
  /** The one spelling. */
  readonly name: string
  readonly kind: RoutineKind
  readonly variants: readonly Routine[]
}

export interface RoutineCatalog {
  readonly groups: readonly RoutineGroup[]
  /** Any case, with or without schema prefix. */
  find(kind: RoutineKind, name: string): RoutineGroup | undefined
}

/** The values of a call, in wire form. */
export interface RoutineResult {
  /** Row sets in the order in which they came. */
  readonly sets: readonly (readonly Row[])[]
  /** OUT and INOUT parameters by name; absent where the routine has none. */
  readonly out?: Row | undefined
  /** What a function of one value gave. */
  readonly value?: { readonly is: unknown } | undefined
}

/** The routines of a source. Their catalogue is read when it is first needed, so that starting does not wait for it. */
export interface RoutineSource {
  readonly kinds: readonly RoutineKind[]
  /** What is known of them so far: never does I/O. */
  known(): RoutineCatalog | undefined
  /** What is known, or a look where nothing is, or where the tables were read again since. */
  load(signal: AbortSignal): Promise<RoutineCatalog>
  /** Looks now. */
  refresh(signal: AbortSignal): Promise<RoutineCatalog>
  /**
   * Calls one. `args` stand in the order of its parameters, cast to their types; `undefined`: not given, so that the
   * source's default holds.
   */
  call(routine: Routine, args: readonly unknown[], options: RunOptions): Promise<RoutineResult>
}

/** Inline arguments are cut out of components, and these letters mean more there: no rule could name such a routine. */
const UNGUARDABLE = /[(){}/*\\]/

/** Builds a catalogue. Routines whose names could not be told apart in a role's rules are left out. */
export const routineCatalogOf = (routines: readonly Routine[]): RoutineCatalog => {
  const byName = new Map<string, RoutineGroup & { readonly variants: Routine[] }>()
  const keyOf = (kind: RoutineKind, name: string): string => `${kind} ${name.toLowerCase()}`
  for (const routine of routines) {
    if (routine.name === '' || UNGUARDABLE.test(routine.name)) continue
    const key = keyOf(routine.kind, routine.name)
    const group = byName.get(key) ?? { name: routine.name, kind: routine.kind, variants: [] }
    group.variants.push(routine)
    byName.set(key, group)
  }
  const groups = [...byName.values()]
  const prefixed = new Map<string, RoutineGroup>()
  for (const group of groups)
    for (const { schema, native, kind } of group.variants)
      if (schema !== undefined) prefixed.set(keyOf(kind, `${schema}.${native}`), group)
  return {
    groups,
    find: (kind, name) => byName.get(keyOf(kind, name)) ?? prefixed.get(keyOf(kind, name)),
  }
}

/** Whether a parameter takes a value. */
export const isInput = ({ mode }: RoutineParameter): boolean => mode !== 'OUT'
