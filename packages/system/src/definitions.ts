/** The services that are wanted: those of `gw.config`, which go first, and those of the store. */
import type { Logger } from '@gw/core'
import type { ServiceDefinition } from '@gw/core/governance'
import type { RecordsSource } from '@gw/records'
import { fieldOf } from '@gw/records'
import type { StoredService } from './snapshot/parts.ts'

/** Who manages the services of `gw.config`, as their rows say it. */
export const CONFIGURED = 'gw.config'
/** What the core answers by itself, though it has a row that roles may name. */
const BUILT_IN: ReadonlySet<string> = new Set(['swagger'])
const SOURCE = 'the system store'

/** @param types names of the service types that this package brings itself: its own services run without a connector */
export const wantedServices = (
  configured: readonly ServiceDefinition[],
  stored: readonly StoredService[],
  types: ReadonlySet<string>,
): readonly ServiceDefinition[] => {
  const byName = new Map(stored.map((service) => [service.name, service]))
  const names = new Set(configured.map(({ name }) => name.toLowerCase()))
  return [
    ...configured.map((definition) => {
      const row = byName.get(definition.name.toLowerCase())
      return row ? { ...definition, id: row.id } : definition
    }),
    ...stored
      .filter(({ name, managedBy, type }) => !names.has(name) && managedBy === undefined && !BUILT_IN.has(type))
      // Ours, but made by a part that this version does not have.
      .filter(({ name, type }) => name !== 'user' || types.has(type))
      .map(({ id, name, label, description, active, type, config, isolation }) => ({
        id,
        name,
        label,
        description,
        active,
        type,
        config,
        ...(isolation && { isolation }),
        source: SOURCE,
      })),
  ]
}

/** What of `gw.config`'s services the store has to say anew, so that roles can name them. */
const changesFor = (configured: readonly ServiceDefinition[], stored: readonly StoredService[], log: Logger) => {
  const byName = new Map(stored.map((service) => [service.name, service]))
  const wanted = new Map(configured.map((definition) => [definition.name.toLowerCase(), definition]))
  const missing: ServiceDefinition[] = []
  const changed: { readonly id: number; readonly definition: ServiceDefinition }[] = []
  for (const [name, definition] of wanted) {
    const row = byName.get(name)
    if (!row) missing.push(definition)
    else if (row.managedBy !== CONFIGURED)
      log.warn('a service is defined in gw.config and in the store; the one of gw.config runs', { service: name })
    else if (
      row.type !== definition.type ||
      row.active !== definition.active ||
      row.label !== (definition.label ?? definition.name)
    )
      changed.push({ id: row.id, definition })
  }
  // A row stays, since roles may name it, and the service may come back.
  const gone = stored.filter(({ name, managedBy, active }) => managedBy === CONFIGURED && active && !wanted.has(name))
  return { missing, changed, gone }
}

const valuesOf = ({ name, type, label, description, active }: ServiceDefinition) => ({
  name: name.toLowerCase(),
  type,
  label: label ?? name,
  description: description?.slice(0, 255) ?? null,
  is_active: active,
  deletable: false,
  mutable: false,
  managed_by: CONFIGURED,
})

/**
 * Gives the services of `gw.config` their rows.
 * @param source the store's own, whose rules do not hold here
 * @returns whether anything was written
 */
export const recordConfigured = async (
  source: RecordsSource,
  configured: readonly ServiceDefinition[],
  stored: readonly StoredService[],
  log: Logger,
  signal: AbortSignal,
): Promise<boolean> => {
  const { missing, changed, gone } = changesFor(configured, stored, log)
  if (missing.length + changed.length + gone.length === 0) return false
  const table = source.catalog().byName.get('service')!
  const field = (name: string) => fieldOf(table, name)!
  await source.transaction!(async (transaction) => {
    const options = { signal, transaction }
    const update = (id: number, values: Readonly<Record<string, unknown>>) => {
      const names = Object.keys(values)
      return source.update(
        {
          kind: 'update',
          table,
          set: names.map((name, slot) => ({ field: field(name), slot })),
          where: { kind: 'compare', field: field('id'), op: '=', value: { kind: 'slot', slot: names.length } },
          returning: [],
        },
        [...Object.values(values), id],
        options,
      )
    }
    for (const definition of missing) {
      const values = valuesOf(definition)
      const columns = Object.keys(values).map(field)
      await source.insert(
        { kind: 'insert', table, columns, returning: [field('id')] },
        [Object.values(values)],
        options,
      )
    }
    for (const { id, definition } of changed) await update(id, valuesOf(definition))
    for (const { id } of gone) await update(id, { is_active: false })
  }, signal)
  return true
}
