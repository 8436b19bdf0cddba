/** Runs a Standard Schema and turns its issues into the wire contract's validation error. */
import { GwError, type Schema } from '../contract.ts'

type Where = 'path' | 'query' | 'body'

/** Validates `value`; throws `invalid_request` with a context of `{ field: [messages] }`. Sync schemas stay sync. */
export const validate = (schema: Schema, value: unknown, where: Where): unknown => {
  const result = schema['~standard'].validate(value)
  return result instanceof Promise ? result.then((settled) => outcome(settled, where)) : outcome(result, where)
}

type Result = Awaited<ReturnType<Schema['~standard']['validate']>>

const outcome = (result: Result, where: Where): unknown => {
  if (!result.issues) return result.value
  const context: Record<string, string[]> = {}
  for (const issue of result.issues) {
    const field =
      (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.') || where
    const messages = context[field] ?? []
    messages.push(issue.message)
    context[field] = messages
  }
  const first = Object.entries(context)[0]
  const more = result.issues.length > 1 ? ` (and ${result.issues.length - 1} more)` : ''
  throw new GwError(
    'invalid_request',
    `The request's ${where} is not valid. ${first?.[0]}: ${first?.[1]?.[0]}${more}`,
    {
      details: context,
    },
  )
}
