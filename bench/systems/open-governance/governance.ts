/**
 * A governance without rules, to measure what rules cost: everybody may do everything, nothing is written down. Never
 * run it where anybody else can call.
 */
import type { GovernanceFactory, Identity } from '@gw/core/governance'

interface Configured {
  readonly services: Readonly<Record<string, { readonly type: string; readonly config: Record<string, unknown> }>>
}

const everybody: Identity = { caller: { requestor: 'api', admin: true, lookup: () => undefined }, admin: true }

const open: GovernanceFactory = ({ config }) => ({
  name: 'open',
  services: async () =>
    Object.entries((config as Configured).services).map(([name, { type, config: options }]) => ({
      name,
      type,
      active: true,
      config: options,
      source: 'bench',
    })),
  authenticate: () => everybody,
  resolveSecrets: async (options) => options,
  state: () => ({ get: async () => undefined, put: async () => 1, delete: async () => false, list: async () => [] }),
})
export default open
