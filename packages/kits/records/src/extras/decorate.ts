/**
 * A source's catalogue with the extras on top: aliases as names, labels, rules, relations that no key says. What
 * refers to tables or fields that are gone stays without effect.
 */
import { type Catalog, catalogOf, type Field, type ForeignKey, type Table } from '../catalog.ts'
import type { RecordsSource } from '../source.ts'
import { type FieldExtras, NO_EXTRAS, STAMPS, type Stamp, type TableExtras } from './document.ts'
import { resolveFunctions, type Signatures } from './functions.ts'
import type { ExtrasStore } from './store.ts'

type All = ReadonlyMap<string, TableExtras>

/** API names, as far as aliases change them. */
interface Names {
  table(base: string): string
  field(base: string, field: string): string
}

const namesWith = (catalog: Catalog, all: All): Names => {
  // Only tables with extras are looked at: a large database has thousands without.
  const natives = new Map(
    catalog.tables.flatMap((table) =>
      all.has(table.name) ? [[table.name, new Map(table.fields.map((one) => [one.name, one.native]))] as const] : [],
    ),
  )
  return {
    table: (base) => all.get(base)?.alias ?? base,
    field: (base, field) => all.get(base)?.fields[natives.get(base)?.get(field) ?? field]?.alias ?? field,
  }
}

const isStamp = (type: FieldExtras['type']): type is Stamp => (STAMPS as readonly unknown[]).includes(type)

/** What is remembered counts, not what the source says. */
const meaningOf = (base: Field, type: FieldExtras['type']): Pick<Field, 'meaning' | 'stamp'> => {
  if (type === undefined) return {}
  if (type === 'plain') return { meaning: base.stamp ? undefined : base.meaning, stamp: undefined }
  return { meaning: type, stamp: isStamp(type) ? type : undefined }
}

const decorateField = (base: Field, table: string, extras: FieldExtras | undefined, names: Names): Field => ({
  ...base,
  name: names.field(table, base.name),
  ...(base.reference && {
    reference: {
      ...base.reference,
      table: names.table(base.reference.table),
      field: names.field(base.reference.table, base.reference.field),
    },
  }),
  ...(extras?.label && { label: extras.label }),
  ...(extras?.description && { description: extras.description }),
  ...(extras?.picklist && { picklist: extras.picklist }),
  ...(extras?.validation && { validation: extras.validation }),
  ...meaningOf(base, extras?.type),
})

const decorateKey = (key: ForeignKey, table: string, names: Names): ForeignKey => ({
  ...key,
  columns: key.columns.map((name) => names.field(table, name)),
  table: names.table(key.table),
  references: key.references.map((name) => names.field(key.table, name)),
})

/** A field with a function that can not be understood any more is hidden: what it shows must not become more. */
const withFunctions = (field: Field, base: Table, extras: FieldExtras | undefined, signatures: Signatures): Field[] => {
  if (!extras?.functions) return [field]
  const functions = resolveFunctions(extras.functions, base.fields, signatures)
  return functions ? [{ ...field, functions }] : []
}

/** Fields that are nothing but their functions; one that the source has by now itself is that one. */
const virtualFields = (
  base: Table,
  { fields }: TableExtras,
  names: Names,
  signatures: Signatures,
): readonly Field[] => {
  const taken = new Set(base.fields.flatMap(({ name, native }) => [name.toLowerCase(), native.toLowerCase()]))
  return Object.entries(fields).flatMap(([native, extras]): Field[] => {
    const functions = extras.virtual && resolveFunctions(extras.functions ?? [], base.fields, signatures)
    if (!functions?.result || taken.has(native.toLowerCase())) return []
    const plain: Field = {
      name: native,
      native,
      ...functions.result,
      nullable: true,
      autoIncrement: false,
      generated: true,
      primaryKey: false,
      unique: false,
    }
    const name = extras.alias ?? native
    return [{ ...decorateField(plain, base.name, extras, names), name, functions, virtual: true }]
  })
}

const decorateTable = (base: Table, extras: TableExtras, names: Names, signatures: Signatures): Table => ({
  ...base,
  // A hidden field is not to be found by its name in the source either.
  ...(Object.values(extras.fields).some(({ functions }) => functions) && { open: undefined }),
  name: names.table(base.name),
  base: base.name,
  ...(extras.label && { label: extras.label }),
  ...(extras.plural && { plural: extras.plural }),
  ...(extras.description && { description: extras.description }),
  ...(extras.name_field && { nameField: extras.name_field }),
  fields: [
    ...base.fields.flatMap((field) => {
      const own = extras.fields[field.native]
      return withFunctions(decorateField(field, base.name, own, names), base, own, signatures)
    }),
    ...virtualFields(base, extras, names, signatures),
  ],
  primaryKey: base.primaryKey.map((name) => names.field(base.name, name)),
  foreignKeys: base.foreignKeys.map((key) => decorateKey(key, base.name, names)),
  relations: extras.relations,
  virtual: extras.virtual,
})

/** Aliases that would hide something else stay without effect: names are unique whatever the source has become. */
const sound = (catalog: Catalog, all: All): All => {
  const taken = new Set(catalog.tables.map(({ name }) => name.toLowerCase()))
  return new Map(
    catalog.tables.flatMap((table): [string, TableExtras][] => {
      const extras = all.get(table.name)
      if (!extras) return []
      const { alias } = extras
      const free = alias !== undefined && !taken.has(alias.toLowerCase())
      if (free) taken.add(alias.toLowerCase())
      const names = new Set(table.fields.flatMap(({ name, native }) => [name.toLowerCase(), native.toLowerCase()]))
      const fields = Object.entries(extras.fields).map(([name, one]) => {
        const ok = one.alias !== undefined && !names.has(one.alias.toLowerCase())
        if (ok) names.add(one.alias!.toLowerCase())
        return [name, ok ? one : { ...one, alias: undefined }]
      })
      return [[table.name, { ...extras, alias: free ? alias : undefined, fields: Object.fromEntries(fields) }]]
    }),
  )
}

/** Makes decorated catalogues. Tables stay the same objects while nothing of them changes: plans are cached by them. */
const decorator = (signatures: Signatures) => {
  let before: { catalog: Catalog; all: All; result: Catalog } | undefined
  const made = new Map<string, { base: Table; key: string; table: Table }>()
  const tableFor = (base: Table, all: All, names: Names): Table => {
    if (!all.has(base.name) && !base.foreignKeys.some(({ table }) => all.has(table))) return base
    const extras = all.get(base.name) ?? NO_EXTRAS
    const referred = base.foreignKeys.map((key) => [
      names.table(key.table),
      key.references.map((one) => names.field(key.table, one)),
    ])
    const key = JSON.stringify([extras, referred])
    const known = made.get(base.name)
    if (known?.base === base && known.key === key) return known.table
    const plain =
      extras === NO_EXTRAS &&
      referred.every(([table], at) => table === base.foreignKeys[at]!.table) &&
      base.foreignKeys.every(({ references }, at) => JSON.stringify(references) === JSON.stringify(referred[at]![1]))
    const table = plain ? base : decorateTable(base, extras, names, signatures)
    made.set(base.name, { base, key, table })
    return table
  }
  return (catalog: Catalog, stored: All): Catalog => {
    if (stored.size === 0) return catalog
    if (before?.catalog === catalog && before.all === stored) return before.result
    const all = sound(catalog, stored)
    const names = namesWith(catalog, all)
    const result = catalogOf(catalog.tables.map((base) => tableFor(base, all, names)))
    before = { catalog, all: stored, result }
    return result
  }
}

/** A source whose catalogue shows the extras. */
export const withExtras = (source: RecordsSource, store: ExtrasStore): RecordsSource => {
  const decorate = decorator(source.capabilities.functions ?? {})
  return {
    ...source,
    catalog: () => decorate(source.catalog(), store.current()),
    async refresh(signal) {
      await store.load()
      return decorate(await source.refresh(signal), store.current())
    },
  }
}
