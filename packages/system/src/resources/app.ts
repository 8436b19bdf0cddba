/** What `system/app` does beside its table: `regenerate=true` gives an app a new key (platform.md §3.6). */
import type { Call, Endpoint } from '@gw/core'
import { callWith } from '@gw/records'
import { newApiKey } from '../identity/api-keys.ts'

const ASKED = /(?:^|[?&])regenerate=(?:true|1|yes|on|y|t)(?:&|$)/i

/** The endpoint of one app, which knows of `regenerate`. */
export const regenerating = (endpoint: Endpoint): Endpoint => {
  if (!endpoint.path.endsWith('/{id}') || (endpoint.method !== 'PATCH' && endpoint.method !== 'PUT')) return endpoint
  return {
    ...endpoint,
    bodyOptional: true,
    description: `${endpoint.description} With regenerate=true, the app gets a new key, and the one before is worth nothing.`,
    handle(call: Call) {
      if (!ASKED.test(new URL(call.request.url).search)) return endpoint.handle(call)
      return endpoint.handle(callWith(call, { body: { ...(call.body as object | undefined), api_key: newApiKey() } }))
    },
  }
}
