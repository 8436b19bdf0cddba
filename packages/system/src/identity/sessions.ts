/** The seam for session tokens and passwords: who proves to be which user. */
import type { GwError } from '@gw/core'

/** A user as a proven session or password tells of them. */
export interface SignedIn {
  readonly id: number
  readonly name: string
  readonly email: string
  readonly active: boolean
  readonly admin: boolean
  /** What `{user.…}` and `{session.…}` stand for, beside `id`, `name` and `email`. */
  readonly lookups?: Readonly<Record<string, unknown>>
}

export interface SessionVerifier {
  /** Answers from memory wherever it can: this is on the request's path. */
  verify(token: string): SignedIn | GwError | Promise<SignedIn | GwError>
  basic(username: string, password: string): Promise<SignedIn | GwError>
  /** A call made from a script; `undefined` for an unknown token. */
  script?(token: string): { readonly user?: SignedIn; readonly appId?: number } | undefined
}
