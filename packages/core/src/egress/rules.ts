import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import {
  type Address,
  canonicalAddress,
  embeddedAddress,
  parseAddress,
  type RefusedRange,
  refusedRange,
} from './address.ts'

interface NameEntry {
  readonly name: string
  /** `*.example.com`: every name below it, not the name itself. */
  readonly below: boolean
  readonly port: number | undefined
}
interface NetworkEntry {
  readonly network: [Address, number]
  readonly port: number | undefined
}
interface Entries {
  readonly names: readonly NameEntry[]
  readonly networks: readonly NetworkEntry[]
}

/** Whom a request is for, as its URL says it. */
export interface Target {
  /** Lower-case, without brackets and without a final dot. */
  readonly host: string
  readonly port: number
}

/** The rule that refused a target: the range its address lies in, or the operator's closed list. */
export type Refusal = RefusedRange | 'only'

export interface EgressRules {
  /** What can be said before the name is resolved. */
  judgeName(target: Target): Refusal | undefined
  /** Judges every address a name stands for; one that is refused refuses them all. */
  judge(target: Target, addresses: readonly Address[]): Refusal | undefined
}

/**
 * Ranges that a host name in `allow` opens. The rest (link-local with its metadata services, unspecified, multicast,
 * reserved …) is opened by an address or a network only, because a name says nothing about where it leads tomorrow.
 */
const OPENED_BY_NAME: ReadonlySet<RefusedRange> = new Set(['private', 'loopback', 'carrier-grade NAT'])

export const targetOf = (url: URL): Target => ({
  host: url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, ''),
  port: url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port),
})

const splitPort = (text: string): [host: string, port: number | undefined] => {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]*))(?::(\d{1,5}))?$/.exec(text) ?? []
  if (bracketed !== undefined || plain !== undefined)
    return [bracketed ?? plain!, port === undefined ? undefined : Number(port)]
  return [text, undefined]
}

const networkOf = (host: string): [Address, number] | undefined => {
  const [base = '', bits, ...rest] = host.split('/')
  const address = parseAddress(base)
  if (!address || rest.length > 0) return undefined
  const width = address instanceof ipaddr.IPv4 ? 32 : 128
  if (bits === undefined) return [address, width]
  // A mapped network would need its prefix recounted: ask for the IPv4 spelling instead of guessing.
  if (width === 32 && isIP(base) === 6) return undefined
  return /^\d{1,3}$/.test(bits) && Number(bits) <= width ? [address, Number(bits)] : undefined
}

const nameOf = (host: string): string | undefined => {
  if (!/^[\p{L}\p{N}._-]+$/u.test(host) || !URL.canParse(`http://${host}`)) return undefined
  const name = new URL(`http://${host}`).hostname.replace(/\.$/, '')
  return isIP(name) ? undefined : name
}

const parseEntry = (text: string): NameEntry | NetworkEntry | undefined => {
  const [host, port] = splitPort(text.trim().toLowerCase())
  if (port !== undefined && (port < 1 || port > 65_535)) return undefined
  const network = networkOf(host)
  if (network) return { network, port }
  const below = host.startsWith('*.')
  const name = nameOf(below ? host.slice(2) : host)
  return name === undefined ? undefined : { name, below, port }
}

/** Whether a text is a host name, `*.suffix`, an address or a CIDR, each optionally with `:port` (IPv6 in brackets then). */
export const isEgressEntry = (text: string): boolean => parseEntry(text) !== undefined

const entriesOf = (texts: readonly string[]): Entries => {
  const entries = texts.map((text) => {
    const entry = parseEntry(text)
    if (!entry) throw new TypeError(`Not a host, *.suffix, address or network: ${text}`)
    return entry
  })
  return {
    names: entries.filter((entry) => 'name' in entry),
    networks: entries.filter((entry) => 'network' in entry),
  }
}

const portMatches = (entry: { readonly port: number | undefined }, target: Target): boolean =>
  entry.port === undefined || entry.port === target.port

const namesMatch = ({ names }: Entries, target: Target): boolean =>
  names.some(
    (entry) =>
      portMatches(entry, target) &&
      (entry.below ? target.host.endsWith(`.${entry.name}`) : target.host === entry.name) &&
      isIP(target.host) === 0,
  )

const networksMatch = ({ networks }: Entries, target: Target, address: Address): boolean =>
  networks.some(
    (entry) => portMatches(entry, target) && entry.network[0].kind() === address.kind() && address.match(entry.network),
  )

/**
 * Compiles an operator's lists.
 *
 * @param allow opens what is refused by default.
 * @param only where given, also empty: nothing else is called. It opens nothing by itself.
 */
export const createRules = (allow: readonly string[], only: readonly string[] | undefined): EgressRules => {
  const opened = entriesOf(allow)
  const closed = only && entriesOf(only)

  const judgeAddress = (target: Target, address: Address): Refusal | undefined => {
    const range = refusedRange(address)
    if (!range || networksMatch(opened, target, address)) return undefined
    const embedded = embeddedAddress(address)
    if (embedded && networksMatch(opened, target, embedded)) return undefined
    return OPENED_BY_NAME.has(range) && namesMatch(opened, target) ? undefined : range
  }

  return {
    judgeName(target) {
      if (!closed || namesMatch(closed, target)) return undefined
      return closed.networks.some((entry) => portMatches(entry, target)) ? undefined : 'only'
    },
    judge(target, addresses) {
      if (closed && !namesMatch(closed, target)) {
        if (!addresses.every((address) => networksMatch(closed, target, canonicalAddress(address)))) return 'only'
      }
      for (const address of addresses) {
        const refusal = judgeAddress(target, canonicalAddress(address))
        if (refusal) return refusal
      }
      return undefined
    },
  }
}
