/** Checks on calls through a gateway: refused without rights, and answered as documented. */
import assert from 'node:assert/strict'
import type { Endpoint, Grant } from '@gw/core'
import type { Check } from '../check.ts'
import type { AccessSpec } from '../governance.ts'
import { type Ask, openGateway, type TestGateway } from '../harness.ts'
import { replyValidator } from '../replies.ts'
import type { ServiceContext } from './context.ts'

const serving = async (context: ServiceContext, use: (gateway: TestGateway) => Promise<void>): Promise<void> => {
  const { type, config, root } = context
  const gateway = await openGateway({ services: { db: { type, config } }, root })
  context.hear(gateway.log.lines)
  try {
    await use(gateway)
  } finally {
    await gateway.close()
  }
}

/** A call of an endpoint, its placeholders filled with something that is hardly there. */
const callOf = ({ method, path }: Endpoint): Ask => ({
  method,
  path: path.slice(1).replace(/\{\w+\*?\}/g, 'nothing-of-this-name'),
  ...(method !== 'GET' && method !== 'DELETE' && { body: {} }),
})

const endpointsOf = async (context: ServiceContext): Promise<readonly Endpoint[]> =>
  context.running(({ service }) => service.endpoints)

/** One obligation of each kind. */
const OBLIGATIONS = {
  rowFilters: { filter: { op: 'AND', conditions: [{ name: 'id', operator: '=', value: 1 }] } },
  fieldRules: { deny: ['id'] },
} as const satisfies Record<string, AccessSpec & Partial<Grant>>

export const callChecks: readonly Check<ServiceContext>[] = [
  {
    name: 'no endpoint answers a caller without credentials, or with a role that lacks it',
    run: (context) =>
      serving(context, async ({ ask }) => {
        for (const endpoint of await endpointsOf(context)) {
          assert.equal((await ask({ ...callOf(endpoint), as: null })).status, 400, endpoint.id)
          assert.equal((await ask({ ...callOf(endpoint), as: { access: [] } })).status, 401, endpoint.id)
        }
      }),
  },
  {
    name: 'an obligation that the type does not declare to honour is refused',
    about: ['rowFilters', 'fieldRules'],
    run: (context) =>
      serving(context, async ({ ask }) => {
        for (const [capability, obligation] of Object.entries(OBLIGATIONS)) {
          if (context.type.capabilities?.[capability as keyof typeof OBLIGATIONS]) continue
          for (const endpoint of await endpointsOf(context))
            assert.equal((await ask({ ...callOf(endpoint), as: { access: [obligation] } })).status, 403, endpoint.id)
        }
      }),
  },
  {
    name: 'what can be read without naming anything is answered as documented',
    run: (context) =>
      serving(context, async ({ ask, gateway }) => {
        const validate = replyValidator((await gateway.document({ service: 'db' })) as never)
        for (const endpoint of await endpointsOf(context)) {
          if (endpoint.method !== 'GET' || endpoint.hidden || endpoint.path.includes('{')) continue
          const call = callOf(endpoint)
          const answer = await ask(call)
          context.hear(answer.text)
          assert.ok(answer.status < 500, `${endpoint.id}: ${answer.status} ${answer.text.slice(0, 300)}`)
          validate(call, answer)
        }
      }),
  },
]
