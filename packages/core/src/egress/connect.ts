import { lookup as systemLookup } from 'node:dns/promises'
import type { LookupFunction } from 'node:net'
import { Agent, buildConnector, type Dispatcher, Dispatcher1Wrapper, Pool } from 'undici'
import { GwError } from '../errors.ts'
import { type Address, parseAddress } from './address.ts'
import { refusedTarget } from './failure.ts'
import { type EgressRules, type Target, targetOf } from './rules.ts'

/** The addresses of a host name. */
export type Resolve = (host: string) => Promise<readonly { readonly address: string; readonly family: number }[]>

const systemResolve: Resolve = (host) => systemLookup(host, { all: true })

/** Throws `forbidden` where a rule refuses one of the addresses, or one is no address at all. */
const checkAddresses = (rules: EgressRules, target: Target, texts: readonly string[]): void => {
  const addresses = texts.map(parseAddress)
  const refusal = addresses.includes(undefined) ? 'reserved' : rules.judge(target, addresses as Address[])
  if (refusal) throw refusedTarget(refusal, target, texts)
}

/** Resolves once for each connection and hands the socket nothing but what was checked: there is no second lookup to race. */
const checkedLookup =
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

const checkedConnector = (
  origin: URL,
  rules: EgressRules,
  resolve: Resolve,
  connectTimeout: number,
): buildConnector.connector => {
  const target = targetOf(origin)
  const connect = buildConnector({
    timeout: connectTimeout,
    allowH2: false,
    lookup: checkedLookup(rules, target, resolve),
  } as buildConnector.BuildOptions)

  return (options, callback) => {
    try {
      // A literal address never reaches `lookup`.
      if (parseAddress(target.host)) checkAddresses(rules, target, [target.host])
    } catch (error) {
      callback(error as Error, null)
      return
    }
    connect(options, (...[error, socket]) => {
      if (error) return callback(error, null)
      try {
        checkAddresses(rules, target, [socket.remoteAddress ?? ''])
      } catch (refusal) {
        socket.destroy()
        return callback(refusal as Error, null)
      }
      callback(null, socket)
    })
  }
}

export interface Connections {
  readonly dispatcher: Dispatcher
  destroy(): Promise<void>
}

/**
 * Connections that only lead where the rules permit: checked when the name resolves, and again on the address that
 * the open socket really has. One pool for each origin. HTTP/1.1 only.
 */
export const createDispatcher = (
  rules: EgressRules,
  resolve: Resolve | undefined,
  connectTimeout: number,
): Connections => {
  const agent = new Agent({
    factory: (origin, options) =>
      new Pool(origin, {
        ...options,
        connect: checkedConnector(new URL(origin), rules, resolve ?? systemResolve, connectTimeout),
      }),
  })
  // Node's own fetch speaks to dispatchers in the handler protocol of an earlier undici.
  return { dispatcher: new Dispatcher1Wrapper(agent), destroy: () => agent.destroy() }
}
