/** `POST system/event_script/{name}`: makes the script of that name, or changes it (platform.md §3.14). */
import { type Call, type Endpoint, GwError } from '@gw/core'
import { callWith } from '@gw/records'

const PATH = '/event_script'
const ONE = `${PATH}/{id}`

const isThere = async (read: Endpoint, call: Call): Promise<boolean> => {
  try {
    await read.handle(callWith(call, { query: { fields: 'name' } as never, body: undefined }))
    return true
  } catch (error) {
    if (GwError.is(error) && error.code === 'not_found') return false
    throw error
  }
}

/** A script alone, or the list of one that clients of collections send. */
const recordOf = ({ body, params }: Call): object => {
  const { resource } = (body ?? {}) as { resource?: unknown }
  const record = Array.isArray(resource) && resource.length === 1 ? resource[0] : body
  if (typeof record !== 'object' || record === null || Array.isArray(record))
    throw new GwError(
      'invalid_request',
      'Send the script as an object, for example {"type": "nodejs", "content": "…"}.',
    )
  return { ...record, name: (params as { id: string }).id }
}

/** A failure of the one record that was sent, without the batch around it: who names a script sends no list. */
const alone = (error: unknown): unknown => {
  const { resource } = (GwError.is(error) && (error.wire?.context as { resource?: readonly Failed[] })) || {}
  const [failed] = resource ?? []
  if (!failed) return error
  return new GwError('invalid_request', failed.message, { details: failed.context, wire: { status: failed.code } })
}
interface Failed {
  readonly code: number
  readonly context: unknown
  readonly message: string
}

/** @param endpoints of the collection */
export const upserting = (endpoints: readonly Endpoint[]): readonly Endpoint[] => {
  const find = (method: string, path: string) => endpoints.find((one) => one.method === method && one.path === path)
  const [make, read, change] = [find('POST', PATH), find('GET', ONE), find('PATCH', ONE)]
  const upsert: Endpoint = {
    ...change!,
    id: 'saveEventScript',
    method: 'POST',
    summary: 'Make or change a script',
    description: 'Makes the script of this name, 201, or changes it, 200.',
    keeps: [],
    async handle(call) {
      const record = recordOf(call)
      const fields = (call.query as { fields?: string }).fields ?? 'name'
      if (await isThere(read!, call)) return change!.handle(callWith(call, { body: record as never }))
      try {
        await make!.handle(callWith(call, { params: {} as never, body: { resource: [record] } as never }))
      } catch (error) {
        throw alone(error)
      }
      const made = await read!.handle(callWith(call, { query: { fields } as never, body: undefined }))
      return new Response(JSON.stringify(made), {
        status: 201,
        headers: { 'content-type': 'application/json; charset=utf-8' },
      })
    },
  }
  return [...endpoints.filter((one) => one.method !== 'POST' || one.path !== ONE), upsert]
}
