/** What the API remembers of a table beside its source (the wire contract §6.7), as it is kept: native names only. */

/** A function on a field (§9.4), with fields by their native names. */
export interface StoredFunction {
  readonly use: readonly FunctionUse[]
  readonly function: string
}
export const USES = ['select', 'filter', 'insert', 'update'] as const
export type FunctionUse = (typeof USES)[number]

/** The rules of a field, by the names of §9.3. */
export type Validation = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** Types of which gw fills in the values itself. */
export const STAMPS = ['timestamp_on_create', 'timestamp_on_update', 'user_id_on_create', 'user_id_on_update'] as const
export type Stamp = (typeof STAMPS)[number]

export interface FieldExtras {
  readonly alias?: string | undefined
  readonly label?: string | undefined
  readonly description?: string | undefined
  readonly picklist?: readonly string[] | undefined
  readonly validation?: Validation | undefined
  /** What the field is beside what the source says: a stamp, or `user_id`; or not the stamp that the source says. */
  readonly type?: Stamp | 'user_id' | 'plain' | undefined
  readonly client_info?: unknown
  readonly functions?: readonly StoredFunction[] | undefined
  /** The field is nothing but its function. */
  readonly virtual?: true | undefined
}

export interface RelationExtras {
  readonly alias?: string | undefined
  readonly label?: string | undefined
  readonly description?: string | undefined
  readonly always_fetch?: boolean | undefined
  /** Kept and without effect, as in the wire contract. */
  readonly flatten?: boolean | undefined
  readonly flatten_drop_prefix?: boolean | undefined
}

export const RELATION_TYPES = ['belongs_to', 'has_one', 'has_many', 'many_many'] as const
export type RelationType = (typeof RELATION_TYPES)[number]

/** A relation that no foreign key says. Tables by their API names without aliases, fields by native names. */
export interface VirtualRelation {
  readonly type: RelationType
  readonly fields: readonly string[]
  /** Another service of this gateway; absent: this one. */
  readonly service?: string | undefined
  readonly table: string
  readonly references: readonly string[]
  readonly onUpdate?: string | undefined
  readonly onDelete?: string | undefined
  readonly junction?:
    | {
        readonly service?: string | undefined
        readonly table: string
        readonly fields: readonly string[]
        readonly references: readonly string[]
      }
    | undefined
}

export interface TableExtras {
  readonly alias?: string | undefined
  readonly label?: string | undefined
  readonly plural?: string | undefined
  readonly description?: string | undefined
  readonly name_field?: string | undefined
  /** By native name. */
  readonly fields: Readonly<Record<string, FieldExtras>>
  /** By `relationKey`. */
  readonly relations: Readonly<Record<string, RelationExtras>>
  readonly virtual: readonly VirtualRelation[]
}

export const NO_EXTRAS: TableExtras = { fields: {}, relations: {}, virtual: [] }

const without = (value: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined && one !== null))

/** What is remembered of a relation with a change on top of it; `null` removes. */
export const withRelationChange = (extras: TableExtras, key: string, change: RelationExtras): TableExtras => {
  const { [key]: before, ...others } = extras.relations
  const next = without({ ...before, ...change }) as RelationExtras
  return { ...extras, relations: Object.keys(next).length > 0 ? { ...others, [key]: next } : others }
}

/** Extras with a change on top of them; `null` removes. */
export const withChange = (
  extras: TableExtras,
  change: {
    readonly table?: Readonly<Record<string, unknown>>
    readonly fields?: ReadonlyMap<string, Readonly<Record<string, unknown>> | undefined>
  },
): TableExtras => {
  const fields: Record<string, FieldExtras> = { ...extras.fields }
  for (const [name, one] of change.fields ?? []) {
    const next = one === undefined ? {} : without({ ...fields[name], ...one })
    if (Object.keys(next).length > 0) fields[name] = next as FieldExtras
    else delete fields[name]
  }
  return { ...(without({ ...extras, ...change.table }) as unknown as TableExtras), fields }
}
