import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

export type Address = ipaddr.IPv4 | ipaddr.IPv6

/** The kinds of address that are not called unless an operator opened them. */
export type RefusedRange =
  | 'private'
  | 'loopback'
  | 'link-local'
  | 'carrier-grade NAT'
  | 'unspecified'
  | 'multicast'
  | 'cloud platform'
  | 'transition'
  | 'reserved'

/** ipaddr.js's range names in ours; a name that is missing here, also a future one, counts as `reserved`. */
const RANGES: Readonly<Record<string, RefusedRange>> = {
  private: 'private',
  uniqueLocal: 'private',
  deprecatedSiteLocal: 'private',
  loopback: 'loopback',
  linkLocal: 'link-local',
  carrierGradeNat: 'carrier-grade NAT',
  unspecified: 'unspecified',
  broadcast: 'multicast',
  multicast: 'multicast',
  '6to4': 'transition',
  teredo: 'transition',
  rfc6145: 'transition',
}

/**
 * Addresses that look public and are a cloud's own control plane: Azure's wire server. The others (169.254.169.254,
 * fd00:ec2::254, 100.100.100.200, 192.0.0.192) lie in ranges that are refused anyway.
 */
const CLOUD_PLATFORM = new Set(['168.63.129.16'])

const NAT64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96')

/** A mapped IPv4 address is the IPv4 address: both spellings reach the same machine. */
export const canonicalAddress = (address: Address): Address =>
  address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() ? address.toIPv4Address() : address

/**
 * Reads an address in its standard notation, with or without brackets. Shorthand (`127.1`, `0x7f000001`) is not
 * standard: in a URL, the WHATWG parser has already turned it into dotted decimals.
 */
export const parseAddress = (text: string): Address | undefined => {
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text
  const family = isIP(bare)
  if (family === 0) return undefined
  // ipaddr.js reads `::1.2.3.4` as a mapped address, the operating system doesn't: spell it in hexadecimal first.
  const spelling = family === 6 && bare.includes('.') ? new URL(`http://[${bare}]`).hostname.slice(1, -1) : bare
  return canonicalAddress(ipaddr.parse(spelling.replace(/%.*$/, '')))
}

/** The IPv4 address that a NAT64 gateway calls for this IPv6 address (RFC 6052's well-known prefix). */
export const embeddedAddress = (address: Address): Address | undefined =>
  address instanceof ipaddr.IPv6 && address.match(NAT64) ? new ipaddr.IPv4(address.toByteArray().slice(12)) : undefined

/**
 * Why an address isn't called by default, or `undefined` where it is public. Public is what is known to be:
 * IPv4 unicast outside of every special range, IPv6 global unicast (2000::/3) likewise, and NAT64 of a public IPv4
 * address. 6to4, Teredo, IPv4-compatible and IPv4-translated addresses are refused whatever they embed.
 */
export const refusedRange = (address: Address): RefusedRange | undefined => {
  const embedded = embeddedAddress(address)
  if (embedded) return refusedRange(embedded)
  const range = address.range()
  if (range !== 'unicast') return RANGES[range] ?? 'reserved'
  if (address instanceof ipaddr.IPv6) return (address.parts[0]! & 0xe000) === 0x2000 ? undefined : 'reserved'
  return CLOUD_PLATFORM.has(address.toString()) ? 'cloud platform' : undefined
}
