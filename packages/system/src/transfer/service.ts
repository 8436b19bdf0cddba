/** The configuration of a service in a document, and what it takes for the service to run. */
import { SECRET_MASK } from '@gw/core'
import { invalid, type Values } from '../rules/rules.ts'
import { admitsText, type Config, filled, type JsonSchema, withSecrets } from '../secrets/config.ts'
import { mapTexts } from '../secrets/texts.ts'
import type { DocumentRecord } from './document.ts'
import { LINKED_TYPES, withNumbers } from './links.ts'
import type { TransferParts } from './parts.ts'
import { isReference, unescaped } from './references.ts'
import type { Wanting } from './wanted.ts'
import { same } from './wanted.ts'

const isObject = (value: unknown): value is Config =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const holdsReference = (value: unknown): boolean => {
  let found = false
  mapTexts(value, (text) => {
    found ||= isReference(text)
    return text
  })
  return found
}

/** Over the API nobody reads this machine's environment: a secret stays what it is, and all else is refused. */
const withoutReferences = (config: Config, schema: JsonSchema | undefined): Config => {
  const kept = withSecrets(config, schema, (value) => (holdsReference(value) ? SECRET_MASK : value))
  return mapTexts(kept, (text, path) => {
    if (isReference(text))
      throw invalid({
        config: [
          `config.${path.join('.')} is a reference, which only \`gw import\` resolves, on the gateway's own machine.`,
        ],
      })
    return unescaped(text)
  }) as Config
}

/** What a variable holds is a text; where that can not be, it is JSON. */
const parsed = (value: unknown, schema: JsonSchema | undefined): unknown => {
  if (typeof value !== 'string' || (schema ? admitsText(schema) : !/^[[{]/.test(value))) return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

const withoutNulls = (config: Config): Config =>
  Object.fromEntries(Object.entries(config).filter(([, value]) => value !== null && value !== undefined))

const isMasked = (config: Config): boolean => JSON.stringify(config).includes(JSON.stringify(SECRET_MASK))

export interface WantedConfig {
  /** To be written; absent: it is as it was. */
  readonly config?: Config
  /** As the service would run with it. */
  readonly complete: Config
  /** A secret that nobody has given yet. */
  readonly lacks: boolean
}

/**
 * @param stored its configuration in the clear, where there is one
 * @throws GwError `invalid_request`
 */
export const wantedConfig = (
  given: unknown,
  type: string,
  stored: Config | undefined,
  wanting: Wanting,
  { schemaOf }: Pick<TransferParts, 'schemaOf'>,
): WantedConfig => {
  const none = Array.isArray(given) && given.length === 0
  if (!none && given !== null && !isObject(given)) throw invalid({ config: ['The config must be an object.'] })
  const schema = schemaOf(type)
  const texts = wanting.keepsReferences
    ? withoutReferences(isObject(given) ? given : {}, schema)
    : withSecrets(isObject(given) ? given : {}, schema, (value, _, own) => parsed(value, own))
  const linked = LINKED_TYPES.has(type)
    ? withNumbers(texts, wanting.names, (what) => wanting.note(`There is no ${what}: its configuration has none.`))
    : texts
  const before = stored ?? {}
  const complete = withoutNulls(filled(linked, before, schema))
  // What the document does not say any more is not to stay.
  const gone = Object.fromEntries(
    Object.keys(withoutNulls(before)).flatMap((name) => (name in linked ? [] : [[name, null]])),
  )
  const changed = stored === undefined || !same(complete, withoutNulls(before))
  return {
    ...(changed && { config: { ...gone, ...linked } }),
    complete,
    lacks: stored === undefined && isMasked(linked),
  }
}

export interface ServiceWanted {
  readonly record: DocumentRecord
  readonly values: Values
  /** As it is stored, with its secrets. */
  readonly before: Values | undefined
  /** Whether it may be stored inactive where it could not run. */
  readonly lenient: boolean
}

/** A service's values with its configuration; one that could not run is stored inactive, or refused. */
export const withConfig = async (
  { record, values, before, lenient }: ServiceWanted,
  wanting: Wanting,
  parts: TransferParts,
): Promise<Values> => {
  const type = String(values.type ?? before?.type ?? '')
  const known = await parts.load(type).then(
    () => true,
    () => false,
  )
  const { config: given } = record
  if (given === undefined && before) return values
  const { config, complete, lacks } = wantedConfig(
    given ?? {},
    type,
    before?.config as Config | undefined,
    wanting,
    parts,
  )
  const wanted = { ...values, ...(config && { config }) }
  if (type !== '' && !known && (!before || config))
    wanting.note(`No connector for the type '${type}' is installed: it is stored, and runs when there is one.`)
  if ((values.is_active ?? before?.is_active) !== true || (!config && before?.is_active === true)) return wanted
  if (lacks) {
    wanting.note('It is stored inactive: the document holds no secrets. Give it its secrets, then switch it on.')
    return { ...wanted, is_active: false }
  }
  const problem = known ? await parts.problem(type, complete) : undefined
  if (!problem) return wanted
  if (!lenient) throw invalid({ config: [problem] })
  wanting.note(`It is stored inactive: ${problem}`)
  return { ...wanted, is_active: false }
}
