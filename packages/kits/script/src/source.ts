/** Where a script is kept: in its service's own configuration, in a file service, or in a source-control service. */
import { GwError, type Host, type ScriptDefinition } from '@gw/core'

export interface ScriptSource {
  /** Whether it can be read without asking anyone. */
  readonly inline: boolean
  /** The script as it is now, or was a moment ago. */
  content(): Promise<string>
  forget(): void
}

/** ms that a script from elsewhere is taken for current. */
const FRESH = 5_000
/** ms that the other service may take. Nobody's own signal: calls share what is read. */
const PATIENCE = 10_000
/** Characters of a script. */
const LONGEST = 1_048_576

const isGiven = (value: unknown): value is string | number => value !== undefined && value !== null && value !== ''

const pathOf = ({ storage_path, scm_repository, scm_reference }: ScriptDefinition): string => {
  const path = encoded(String(storage_path))
  if (!isGiven(scm_repository)) return path
  const query = new URLSearchParams({ content: 'true', ...(isGiven(scm_reference) && { branch: scm_reference }) })
  return `_repo/${encodeURIComponent(scm_repository)}/${path}?${query}`
}

const encoded = (path: string): string =>
  path
    .split('/')
    .filter((segment) => segment !== '')
    .map(encodeURIComponent)
    .join('/')

/** @throws GwError `invalid_request` where there is nothing to run */
export const sourceOf = (definition: ScriptDefinition, host: Host): ScriptSource => {
  const { storage_service_id: service, storage_path, content } = definition
  if (!isGiven(service)) {
    const text = content ?? ''
    return { inline: true, content: async () => text, forget() {} }
  }
  if (!isGiven(storage_path))
    throw new GwError('invalid_request', "A script that another service keeps needs its 'storage_path'.")
  let kept: { readonly text: Promise<string>; readonly until: number } | undefined
  return {
    inline: false,
    content() {
      if (!kept || kept.until < performance.now()) {
        const text = read(service, pathOf(definition), host, AbortSignal.timeout(PATIENCE))
        kept = { text, until: performance.now() + FRESH }
        text.catch(() => {
          kept = undefined
        })
      }
      return kept.text
    },
    forget() {
      kept = undefined
    },
  }
}

const read = async (service: string | number, path: string, host: Host, signal: AbortSignal): Promise<string> => {
  const away = (why: string, cause?: unknown) =>
    new GwError('unavailable', `The script can not be read from where it is kept: ${why}`, { cause })
  if (!host.read) throw away('this gateway can not read from other services.')
  let response: Response
  try {
    response = await host.read(service, path, signal)
  } catch (error) {
    throw GwError.is(error) ? away(error.message) : error
  }
  const text = await response.text()
  if (!response.ok) throw away(`the service answered ${response.status}.`)
  if (text.length > LONGEST) throw away(`it is longer than ${LONGEST} characters.`)
  return unquoted(text, response.headers.get('content-type'))
}

/** A text of a source-control service may come as a JSON string. */
const unquoted = (text: string, type: string | null): string => {
  if (!type?.includes('json') || !text.startsWith('"')) return text
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'string' ? value : text
  } catch {
    return text
  }
}
