/** What can be called of a service, from its OpenAPI document. */
import { queryOptions } from '@tanstack/react-query'
import { request } from './client.ts'

interface Parameter {
  readonly name?: string
  readonly in?: string
  readonly $ref?: string
}
interface Operation {
  readonly summary?: string
  readonly parameters?: readonly Parameter[]
}
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

export interface ReadingCall {
  /** Below the service: `/_table/customers?limit=5`. */
  readonly path: string
  readonly summary: string
}

const reads = ({ paths }: ApiDocument): readonly (readonly [string, Operation])[] =>
  Object.entries(paths).flatMap(([path, { get }]) => (get ? [[path, get] as const] : []))

/** A member of one of the gateway's own lists: `/_table/{table_name}`. */
const MEMBER = /^(\/_\w+)\/\{\w+\}$/
/** As many records as are looked at. */
const FEW = 5

/** For a list with members, the first of them; what can not be listed is not suggested. */
const memberCalls = async (
  service: string,
  document: ApiDocument,
  signal: AbortSignal,
): Promise<readonly ReadingCall[]> => {
  const all = reads(document)
  const [found] = all
    .flatMap(([path, operation]) => {
      const list = MEMBER.exec(path)?.[1]
      const at = all.findIndex(([other]) => other === list)
      return list === undefined || at < 0 ? [] : [{ list, at, operation }]
    })
    .sort((one, other) => one.at - other.at)
  if (!found) return []
  const { resource } = await request<{ resource?: readonly { readonly name?: unknown }[] }>(`${service}${found.list}`, {
    signal,
  })
  const name = resource?.[0]?.name
  if (typeof name !== 'string') return []
  const limited = found.operation.parameters?.some((one) => one.name === 'limit') ? `?limit=${FEW}` : ''
  return [{ path: `${found.list}/${encodeURIComponent(name)}${limited}`, summary: found.operation.summary ?? '' }]
}

/** Calls that only read and need nothing to be filled in, the most telling first. */
export const callsOptions = (service: string) =>
  queryOptions({
    queryKey: ['calls', service],
    queryFn: async ({ signal }): Promise<readonly ReadingCall[]> => {
      const document = await request<ApiDocument>(`api_docs/${encodeURIComponent(service)}`, { signal })
      const members = await memberCalls(service, document, signal).catch(() => [])
      const plain = reads(document).flatMap(([path, { summary = '' }]) =>
        path.includes('{') ? [] : [{ path, summary }],
      )
      return [...members, ...plain]
    },
    staleTime: 60_000,
  })
