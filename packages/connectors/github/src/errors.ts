/** octokit's failures as the host's own answers. */
import type { HostFailure } from '@gw/repos'

interface Answered {
  readonly status: number
  readonly response: { readonly data?: { readonly message?: unknown; readonly errors?: unknown } }
}

/** An error of octokit's that has an answer of the host behind it. */
export const isAnswered = (error: unknown): error is Answered =>
  error instanceof Error &&
  typeof (error as Partial<Answered>).status === 'number' &&
  typeof (error as Partial<Answered>).response === 'object'

/** What GitHub finds wrong, without addresses of its documentation. */
const detailsOf = (errors: unknown): readonly object[] | undefined => {
  if (!Array.isArray(errors)) return undefined
  return errors
    .filter((each): each is Record<string, unknown> => typeof each === 'object' && each !== null)
    .map(({ field, code, message }) => ({
      ...(typeof field === 'string' && { field }),
      ...(typeof code === 'string' && { code }),
      ...(typeof message === 'string' && { message }),
    }))
}

/** Total and pure. */
export const classify = (error: unknown): HostFailure | undefined => {
  if (!isAnswered(error)) return undefined
  const { message, errors } = error.response?.data ?? {}
  const details = detailsOf(errors)
  return {
    status: error.status,
    message: typeof message === 'string' ? message : '',
    ...(details && details.length > 0 && { details }),
  }
}

/** Whether GitHub refused to make what is there already. */
export const isTaken = (error: unknown): boolean => {
  const failure = classify(error)
  return failure?.status === 422 && /"sha" wasn't supplied|already exists/i.test(failure.message)
}
