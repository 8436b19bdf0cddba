/** Endpoints that read their body themselves: nothing before them may hold it in memory. */
import type { Bytes, Method } from '../contract.ts'
import type { Slot } from '../services/reconcile.ts'
import type { ApiPath } from './path.ts'

export const isBytes = (body: unknown): body is Bytes => typeof body === 'object' && body !== null && 'bytes' in body

/** Whether a path leads to an endpoint whose body may be of any size. */
export const takesAnySize = (slots: ReadonlyMap<string, Slot>, api: ApiPath, method: Method): boolean => {
  const body = slots.get(api.service)?.instance?.router.match(method, api.segments, api.trailingSlash).route
    ?.endpoint.body
  return isBytes(body) && body.anySize === true
}
