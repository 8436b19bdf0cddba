/**
 * What a service type of scripts lends to whoever has scripts to run: the governance, whose event scripts hang on
 * calls, and the terminal. A part of the contract, since 1.5.
 */
import type { Caller, Host, Logger } from './contract.ts'

/** A call as a script sees it. Names and letter case are the wire contract's (services part, §5). */
export interface ScriptEvent {
  request: ScriptRequest
  response: ScriptResponse
  /** The path below the service. */
  readonly resource: string
}
export interface ScriptRequest {
  api_version: string
  method: string
  parameters: Record<string, unknown>
  /** Names in lower case. */
  headers: Record<string, string>
  /** The body as it was parsed; `null` where there is none. */
  payload: unknown
  /** The body as text. */
  content: string
  content_type: string
  uri: string
  service: string
}
export interface ScriptResponse {
  status_code: number | null
  headers: Record<string, string>
  content: unknown
  content_type: string | null
}

/** Who calls, as `platform.session` tells it. No token and no key is in it. */
export interface ScriptSession {
  readonly user: { readonly id: string | number; readonly name?: string; readonly email?: string } | null
  readonly role: { readonly id: string | number; readonly name: string } | null
  readonly app: { readonly id: string | number; readonly name: string } | null
  readonly is_sys_admin: boolean
  readonly lookup: Readonly<Record<string, unknown>>
}

/** @param scope `private`: with private lookups, where the operator wants the script to have them */
export const scriptSession = (
  { user, role, app, admin, lookups }: Caller,
  scope: 'private' | undefined,
): ScriptSession => ({
  user: user ? { id: user.id, ...(user.name && { name: user.name }), ...(user.email && { email: user.email }) } : null,
  role: role ? { id: role.id, name: role.name } : null,
  app: app ? { id: app.id, name: app.name } : null,
  is_sys_admin: admin,
  lookup: lookups?.(scope) ?? {},
})

export interface ScriptRun {
  readonly event: ScriptEvent
  readonly session: ScriptSession
  /** Calls a service by path (`/db/_table/t`) as whoever the script runs for. */
  fetch(path: string, init: RequestInit): Promise<Response>
  /** Ends the script. */
  readonly signal: AbortSignal
  readonly log: Logger
}

export interface ScriptOutcome {
  /** As the script left it. */
  readonly event: ScriptEvent
  /** Absent where it returned nothing. */
  readonly returned?: unknown
}

/** Who calls, in words that may be written down and by which `Host.onBehalfOf` finds them again. */
export interface Standing {
  readonly app?: string | number
  readonly user?: string | number
  /** As which role, where there is one: what was asked for under it is not done under another. */
  readonly role?: string | number
  /** Whether everything was allowed: who acted as a role is not, later, an administrator. */
  readonly admin?: boolean
}

/** `undefined` for a caller who has no name: nothing can be done on their behalf later. */
export const standingOf = ({ app, user, role, admin }: Caller): Standing | undefined =>
  app || user
    ? { ...(app && { app: app.id }), ...(user && { user: user.id }), ...(role && { role: role.id }), admin }
    : undefined

/** One script with its worker processes. */
export interface Script {
  /** @throws GwError that names what went wrong, and the script's own line */
  run(run: ScriptRun): Promise<ScriptOutcome>
  /**
   * Runs it when its turn comes, and has nobody wait. With a `standing` it is kept in the host's state until it is done,
   * without the credentials that its event holds, and is taken up by the next process where this one ends; so it is done
   * at least once. Since 1.6.
   * @returns its id, as in the log, once it is kept
   * @throws GwError `unavailable` where too many wait, `too_large` for an event that is too long
   */
  later?(run: Omit<ScriptRun, 'signal'> & { readonly standing: Standing | undefined }): Promise<string>
  /** Takes up what other processes were not done with. Since 1.6. */
  resume?(): void
  /** Waits for runs under way, and not for ever. */
  close(): Promise<void>
}

/** What is stored of a script: itself, or where it is kept, and what it is given. */
export interface ScriptDefinition {
  /** For the log. */
  readonly name: string
  readonly content?: string | null | undefined
  readonly storage_service_id?: string | number | null | undefined
  readonly storage_path?: string | null | undefined
  readonly scm_repository?: string | null | undefined
  readonly scm_reference?: string | null | undefined
  /** Handed to the script; holds its limits, too. */
  readonly config?: Readonly<Record<string, unknown>> | null | undefined
}

/** What a host has for a language. */
export interface ScriptHost {
  /** Why scripts can not run here; absent where they can. */
  readonly missing?: string | undefined
  /** Whether scripts reach neither files nor networks nor other processes. */
  readonly sandboxed: boolean
  /** What keeps them apart, in words. */
  readonly isolation: string
}

export interface ScriptEngine {
  /** What names of files in the language end with: `js`. */
  readonly extensions: readonly string[]
  /** Looks at this host, once. */
  inspect(): Promise<ScriptHost>
  /**
   * No I/O: processes start with the first run.
   * @throws GwError `invalid_request` for limits that can not be
   */
  open(definition: ScriptDefinition, host: Host): Script
}
