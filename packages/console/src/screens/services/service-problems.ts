/** What the gateway finds wrong with a service, told at the fields that it is about. */
import { ApiError } from '../../api/client.ts'
import type { TestProblem } from '../../api/types.ts'
import type { Problems } from '../../components/schema-form/problems.ts'

export interface ServiceProblems {
  /** By field: `name`, `config.host`. */
  readonly fields: Problems
  /** What is about none of them. */
  readonly general: string | undefined
}

/** `config.port: Invalid input; config: Unrecognized key` after a sentence about the type. */
const CONFIG = /(?:^|\s)config((?:\.[\w-]+)+): (.*?)(?=; config[.:]|$)/g

const inConfig = (message: string): Problems => {
  const found = [...message.matchAll(CONFIG)].map(
    ([, path = '', text = '']) => [`config${path}`, readable(text)] as const,
  )
  return Object.fromEntries(
    [...Map.groupBy(found, ([path]) => path)].map(([path, all]) => [path, all.map(([, text]) => text)]),
  )
}

/** Validators say "Invalid input: expected string, received undefined" where nothing was given. */
const readable = (message: string): string =>
  message
    .replace(/^Invalid input: expected (\w+), received (undefined|null)$/, 'This is required.')
    .replace(/^Invalid input: expected (\w+), received \w+$/, 'A $1 is wanted here.')

export const problemsOfTest = (problems: readonly TestProblem[]): ServiceProblems => {
  const [placed, others] = [problems.filter(({ field }) => field), problems.filter(({ field }) => !field)]
  const byField = Map.groupBy(placed, ({ field }) => field!)
  return {
    fields: Object.fromEntries(
      [...byField].map(([field, all]) => [field, all.map(({ message }) => readable(message))]),
    ),
    general: others.length > 0 ? others.map(({ message }) => message).join(' ') : undefined,
  }
}

export const problemsOfError = (error: unknown): ServiceProblems => {
  if (!(error instanceof ApiError))
    return { fields: {}, general: error instanceof Error ? error.message : String(error) }
  const { config = [], ...others } = error.fields
  const placed = Object.assign({}, ...config.map(inConfig)) as Problems
  const isPlaced = Object.keys(placed).length + Object.keys(others).length > 0
  return { fields: { ...others, ...placed }, general: isPlaced ? undefined : error.message }
}
