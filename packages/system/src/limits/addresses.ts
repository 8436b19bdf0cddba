/**
 * A small count for each address, before anybody is asked who they are: who sends wrong credentials again and again
 * is refused for a while, without a look at the next ones. It is each node's own, since it has to be cheap.
 */
import { isIPv6 } from 'node:net'
import { GwError } from '@gw/core'
import type { CredentialGuard } from '@gw/core/governance'
import { memoryCounters } from './counters.ts'

export interface AddressOptions {
  /** Wrong credentials in a minute; 0: any number. */
  readonly failures: number
}

const PERIOD = 60

/** Whoever has one address of a /64 network has all of them (RFC 6177). */
export const networkOf = (address: string): string => {
  if (!isIPv6(address)) return address
  const [head = '', tail] = address.split('%')[0]!.split('::')
  const groups = head.split(':')
  const missing = tail === undefined ? 0 : 8 - groups.length - tail.split(':').length
  const all = tail === undefined ? groups : [...groups, ...Array(Math.max(0, missing)).fill('0'), ...tail.split(':')]
  return all
    .slice(0, 4)
    .map((group) => group || '0')
    .join(':')
}

export const addressGuard = (
  { failures }: AddressOptions,
  now: () => number = Date.now,
): CredentialGuard | undefined => {
  if (failures === 0) return undefined
  const counters = memoryCounters(now)
  const blocked = new Map<string, number>()
  return {
    admit(address) {
      if (blocked.size === 0) return
      const network = networkOf(address)
      const until = blocked.get(network)
      if (until === undefined) return
      const seconds = Math.ceil((until - now()) / 1_000)
      if (seconds <= 0) {
        blocked.delete(network)
        return
      }
      throw new GwError(
        'rate_limited',
        `Too many calls with wrong credentials came from this address. Try again in ${seconds} seconds.`,
        { headers: { 'retry-after': String(seconds) } },
      )
    },
    failed(address) {
      const network = networkOf(address)
      const [count] = counters.take([{ key: network, rate: Number.POSITIVE_INFINITY, period: PERIOD }])
      if (count!.calls < failures) return
      for (const [other, until] of blocked) if (until <= now()) blocked.delete(other)
      blocked.set(network, now() + count!.left)
    },
  }
}
