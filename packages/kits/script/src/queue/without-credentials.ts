/** The event of a run that is written down. Its caller is known by name, so that no proof of who they are is kept. */
import type { ScriptEvent } from '@gw/core'

const HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'proxy-authorization',
  'x-dreamfactory-api-key',
  'x-dreamfactory-script-token',
  'x-dreamfactory-session-token',
])
const FIELDS: readonly string[] = ['api_key', 'session_token', 'script_token']

const without = (fields: object, left: (name: string) => boolean): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !left(name.toLowerCase())))

const isField = (name: string): boolean => FIELDS.includes(name)

const uriOf = (uri: string): string => {
  const [path = '', query] = uri.split('?', 2)
  if (query === undefined) return uri
  const kept = query.split('&').filter((pair) => !isField(decoded(pair.split('=', 1)[0]!).toLowerCase()))
  return kept.length === 0 ? path : `${path}?${kept.join('&')}`
}

const decoded = (name: string): string => {
  try {
    return decodeURIComponent(name.replaceAll('+', ' '))
  } catch {
    return name
  }
}

/** Credentials may also be fields of a body that is an object. */
const bodyOf = ({ payload, content }: ScriptEvent['request']) => {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return { payload, content }
  if (!Object.keys(payload).some((name) => isField(name.toLowerCase()))) return { payload, content }
  const safe = without(payload, isField)
  return { payload: safe, content: JSON.stringify(safe) }
}

export const withoutCredentials = (event: ScriptEvent): ScriptEvent => {
  const { request } = event
  const headers = without(request.headers, (name) => HEADERS.has(name)) as Record<string, string>
  const parameters = without(request.parameters, isField)
  return { ...event, request: { ...request, headers, parameters, uri: uriOf(request.uri), ...bodyOf(request) } }
}
