/** Lookups in a service's configuration: `{name}` in any text but scripts and their like (platform.md §5.6). */
import { type Config, isDocument, type JsonSchema } from './config.ts'

const PLACEHOLDER = /\{([A-Za-z0-9_.-]+)\}/g

/** A copy whose texts have the values of the lookups that there are; others stay as they are. */
const resolveTexts = (value: unknown, lookup: (name: string) => unknown): unknown => {
  if (typeof value === 'string')
    return value.replace(PLACEHOLDER, (whole, name: string) => {
      const found = lookup(name)
      return found === undefined || found === null ? whole : String(found)
    })
  if (Array.isArray(value)) return value.map((item) => resolveTexts(item, lookup))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, resolveTexts(item, lookup)]))
}

/** As `resolveTexts`, but for what is a document by the type's schema. */
export const resolveConfig = (
  config: Config,
  schema: JsonSchema | undefined,
  lookup: (name: string) => unknown,
): Config =>
  Object.fromEntries(
    Object.entries(config).map(([name, value]) => [
      name,
      isDocument(schema, name) ? value : resolveTexts(value, lookup),
    ]),
  )
