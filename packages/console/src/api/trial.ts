/** Calls that are tried out: as the one who is signed in, as a role, or with an app's key and no session at all. */
import { ApiError } from './client.ts'

export type CallAs =
  | { readonly kind: 'self' }
  | { readonly kind: 'role'; readonly id: string }
  | { readonly kind: 'app'; readonly key: string }

export interface TrialCall {
  readonly method: string
  /** Below the gateway's own address. */
  readonly address: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Blob | undefined
}

export interface TrialAnswer {
  readonly status: number
  readonly statusText: string
  /** From the sending to the last byte, in milliseconds. */
  readonly duration: number
  readonly headers: readonly (readonly [string, string])[]
  readonly type: string
  readonly body: Blob
}

const credentialsOf = (as: CallAs): Readonly<Record<string, string>> => {
  if (as.kind === 'app') return { 'x-dreamfactory-api-key': as.key }
  return { 'x-gw-session': 'cookie', ...(as.kind === 'role' && { 'x-gw-act-as-role': as.id }) }
}

/** @throws ApiError where there is no answer; any answer is one, whatever its status */
export const tryCall = async (call: TrialCall, as: CallAs, signal: AbortSignal): Promise<TrialAnswer> => {
  const started = performance.now()
  try {
    const response = await fetch(call.address, {
      method: call.method,
      // With a key alone, as the app itself would call.
      credentials: as.kind === 'app' ? 'omit' : 'same-origin',
      cache: 'no-store',
      headers: { accept: 'application/json', ...call.headers, ...credentialsOf(as) },
      ...(call.body !== undefined && { body: call.body }),
      signal,
    })
    const body = await response.blob()
    return {
      status: response.status,
      statusText: response.statusText,
      duration: performance.now() - started,
      headers: [...response.headers],
      type: response.headers.get('content-type') ?? '',
      body,
    }
  } catch (error) {
    if (signal.aborted) throw error
    throw new ApiError('There was no answer. Is the gateway running, and is the address right?', 0)
  }
}
