/** Names become addresses here, each of which is judged before anything connects to it. */
import { lookup as systemLookup } from 'node:dns/promises'
import type { LookupFunction } from 'node:net'
import { GwError } from '../errors.ts'
import { type Address, parseAddress } from './address.ts'
import { refusedTarget } from './failure.ts'
import type { EgressRules, Target } from './rules.ts'

/** The addresses of a host name. */
export type Resolve = (host: string) => Promise<readonly { readonly address: string; readonly family: number }[]>

export const systemResolve: Resolve = (host) => systemLookup(host, { all: true })

/** Throws `forbidden` where a rule refuses one of the addresses, or one is no address at all. */
export const checkAddresses = (rules: EgressRules, target: Target, texts: readonly string[]): void => {
  const addresses = texts.map(parseAddress)
  const refusal = addresses.includes(undefined) ? 'reserved' : rules.judge(target, addresses as Address[])
  if (refusal) throw refusedTarget(refusal, target, texts)
}

/** Resolves once for each connection and hands the socket nothing but what was checked: there is no second lookup to race. */
export const checkedLookup =
  (rules: EgressRules, target: Target, resolve: Resolve): LookupFunction =>
  (host, options, callback) => {
    const find = async () => {
      const found = await resolve(host)
      if (found.length === 0)
        throw new GwError('unavailable', 'The remote service cannot be reached: its name has no address.')
      checkAddresses(
        rules,
        target,
        found.map(({ address }) => address),
      )
      return found
    }
    find().then(
      (found) => {
        if (options.all) callback(null, [...found])
        else callback(null, found[0]!.address, found[0]!.family)
      },
      (error: NodeJS.ErrnoException) => callback(error, ''),
    )
  }

/**
 * The same for connections that are not made here: each name that is looked up is judged as the target that it is.
 * @param port where they all lead
 */
export const lookupUnder =
  (rules: EgressRules, port: number, resolve: Resolve): LookupFunction =>
  (host, options, callback) =>
    checkedLookup(rules, { host: host.toLowerCase().replace(/\.$/, ''), port }, resolve)(host, options, callback)
