/** Checks a configuration against its schema and says in plain words what is wrong. */
import { z } from 'zod'
import { coerceScalars, type JsonSchema } from './coerce.ts'
import { nearest, type Problem, pathOf } from './problems.ts'
import { type Configuration, configurationSchema } from './schema.ts'

/** The JSON Schema of what is written in `gw.config`; imported service types cannot be written in JSON. */
export const inputSchema = (): JsonSchema => {
  described ??= z.toJSONSchema(configurationSchema, {
    io: 'input',
    target: 'draft-07',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema._zod.def.type === 'custom') jsonSchema.not = {}
    },
  })
  return described
}
let described: JsonSchema | undefined

export type Validated =
  | { readonly config: Configuration; readonly problems?: undefined }
  | { readonly problems: readonly Problem[] }

/**
 * @param value the configuration, its references replaced
 * @param lineOf the line of a path in the file
 */
export const validateConfiguration = (
  value: unknown,
  lineOf: (path: readonly PropertyKey[]) => number | undefined,
): Validated => {
  // What is right as it is needs no look for texts that stand for numbers.
  const written = configurationSchema.safeParse(value)
  if (written.success) return lowerCaseServices(written.data)
  const input = coerceScalars(value, inputSchema())
  const result = configurationSchema.safeParse(input)
  if (!result.success) {
    const problems = result.error.issues.flatMap((issue) => describeIssue(issue, input))
    return { problems: problems.map(({ keys, message }) => ({ path: pathOf(keys), message, line: lineOf(keys) })) }
  }
  return lowerCaseServices(result.data)
}

/** Service names are matched in lower case, so that is how they are kept. */
const lowerCaseServices = (config: Configuration): Validated => {
  const services: Record<string, Configuration['services'][string]> = {}
  for (const [name, service] of Object.entries(config.services)) {
    const lower = name.toLowerCase()
    if (Object.hasOwn(services, lower)) {
      return {
        problems: [
          {
            path: pathOf(['services', name]),
            message: 'is there twice: names differ by more than upper and lower case',
          },
        ],
      }
    }
    services[lower] = service
  }
  return { config: { ...config, services } }
}

interface Described {
  readonly keys: readonly PropertyKey[]
  readonly message: string
}

const describeIssue = (
  issue: z.core.$ZodIssue,
  input: unknown,
  base: readonly PropertyKey[] = [],
): readonly Described[] => {
  const keys = [...base, ...issue.path]
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = knownKeys(keys)
      return issue.keys.map((key) => ({ keys: [...keys, key], message: unknownKey(key, known) }))
    }
    case 'invalid_key':
      return [{ keys, message: `this name ${issue.issues[0]?.message ?? 'is not allowed'}` }]
    case 'invalid_value': {
      const written = issue.path.reduce<any>(
        (at, key) => at?.[key],
        base.reduce<any>((at, key) => at?.[key], input),
      )
      return [
        {
          keys,
          message: `must be one of ${issue.values.map(String).join(', ')}${suggestion(written, issue.values.map(String))}`,
        },
      ]
    }
    case 'invalid_union': {
      // The branch that came furthest is the one that was meant.
      const branches = issue.errors.map((branch) => branch.flatMap((inner) => describeIssue(inner, input, keys)))
      const deepest = branches.filter((branch) => branch.some((inner) => inner.keys.length > keys.length))[0]
      return deepest ?? [{ keys, message: [...new Set(branches.flat().map((inner) => inner.message))].join(', or ') }]
    }
    default:
      return [{ keys, message: plainly(issue.message) }]
  }
}

const plainly = (message: string): string =>
  /received undefined$/.test(message)
    ? 'is missing'
    : message
        .replace(/^Invalid input: expected /, 'must be of type ')
        .replace(/, received /, ', not ')
        .replace(/^Too small: expected string to have >=1 characters$/, 'must not be empty')
        .replace(/^Too (small|big): expected \w+ to be /, 'must be ')
        .replace(/^Too (small|big): expected array to have /, 'must have ')

const suggestion = (written: unknown, known: readonly string[]): string => {
  const near = typeof written === 'string' ? nearest(written, known) : undefined
  return near === undefined ? '' : `. Did you mean "${near}"?`
}

const unknownKey = (key: string, known: readonly string[]): string => {
  const near = suggestion(key, known)
  return `is not a known key${near || (known.length > 0 ? `. Known here: ${known.join(', ')}` : '')}`
}

/** The keys that the schema has at a path. */
const knownKeys = (path: readonly PropertyKey[]): readonly string[] => {
  let at: JsonSchema | undefined = inputSchema()
  for (const key of path) {
    at = at?.properties?.[key] ?? (typeof key === 'number' ? at?.items : at?.additionalProperties)
    at = at?.anyOf?.find((branch: JsonSchema) => branch.properties) ?? at
  }
  return Object.keys(at?.properties ?? {}).filter((key) => key !== '$schema')
}
