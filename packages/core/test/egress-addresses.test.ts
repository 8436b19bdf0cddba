import { describe, expect, it } from 'vitest'
import { parseAddress, refusedRange } from '../src/egress/address.ts'
import { createEgress, isEgressEntry } from '../src/egress/index.ts'
import { createRules, targetOf } from '../src/egress/rules.ts'

/** What a URL with this host leads to, as `fetch` reads it. */
const rangeOfHost = (host: string) => {
  const address = parseAddress(new URL(`http://${host}/`).hostname)
  return address ? (refusedRange(address) ?? 'public') : 'a name'
}

// biome-ignore format: reads as a table
const NOTATIONS: readonly (readonly [host: string, range: string])[] = [
  // loopback in every way to write it
  ['127.0.0.1', 'loopback'], ['127.1', 'loopback'], ['127.255.255.254', 'loopback'], ['2130706433', 'loopback'],
  ['0x7f000001', 'loopback'], ['0x7f.0.0.1', 'loopback'], ['0177.0.0.1', 'loopback'], ['017700000001', 'loopback'],
  ['0x7F.1', 'loopback'], ['127.0.0.1.', 'loopback'], ['%31%32%37.0.0.1', 'loopback'], ['１２７.0.0.1', 'loopback'],
  ['127。0。0。1', 'loopback'], ['[::1]', 'loopback'], ['[0:0:0:0:0:0:0:1]', 'loopback'],
  ['[::ffff:127.0.0.1]', 'loopback'], ['[::ffff:7f00:1]', 'loopback'], ['[0:0:0:0:0:ffff:127.0.0.1]', 'loopback'],
  ['[64:ff9b::127.0.0.1]', 'loopback'], ['[64:ff9b::7f00:1]', 'loopback'],
  // private
  ['10.0.0.1', 'private'], ['10.255.255.255', 'private'], ['167772161', 'private'], ['012.0.0.1', 'private'],
  ['172.16.0.1', 'private'], ['172.31.255.255', 'private'], ['192.168.1.1', 'private'], ['0xc0a80101', 'private'],
  ['192.168.257', 'private'], ['[::ffff:10.0.0.1]', 'private'], ['[64:ff9b::10.0.0.1]', 'private'],
  ['[fc00::1]', 'private'], ['[fd12:3456::1]', 'private'], ['[fd00:ec2::254]', 'private'], ['[fec0::1]', 'private'],
  // link-local, metadata services
  ['169.254.169.254', 'link-local'], ['2852039166', 'link-local'], ['0xA9FEA9FE', 'link-local'],
  ['0251.0376.0251.0376', 'link-local'], ['169.254.43518', 'link-local'], ['[::ffff:a9fe:a9fe]', 'link-local'],
  ['[64:ff9b::a9fe:a9fe]', 'link-local'], ['[fe80::1]', 'link-local'], ['[febf::1]', 'link-local'],
  ['100.100.100.200', 'carrier-grade NAT'], ['192.0.0.192', 'reserved'], ['168.63.129.16', 'cloud platform'],
  // the other special ranges
  ['0.0.0.0', 'unspecified'], ['0', 'unspecified'], ['0.1.2.3', 'unspecified'], ['[::]', 'unspecified'],
  ['100.64.0.1', 'carrier-grade NAT'], ['100.127.255.255', 'carrier-grade NAT'],
  ['224.0.0.1', 'multicast'], ['239.255.255.255', 'multicast'], ['255.255.255.255', 'multicast'], ['[ff02::1]', 'multicast'],
  ['240.0.0.1', 'reserved'], ['192.0.2.1', 'reserved'], ['198.51.100.1', 'reserved'], ['203.0.113.1', 'reserved'],
  ['198.18.0.1', 'reserved'], ['198.19.255.255', 'reserved'], ['192.88.99.1', 'reserved'],
  ['[2001:db8::1]', 'reserved'], ['[3fff::1]', 'reserved'], ['[2001:2::1]', 'reserved'], ['[100::1]', 'reserved'],
  ['[5f00::1]', 'reserved'], ['[4000::1]', 'reserved'], ['[::127.0.0.1]', 'reserved'], ['[::7f00:1]', 'reserved'],
  ['[::8.8.8.8]', 'reserved'], ['[64:ff9b:1::1]', 'reserved'],
  ['[2002:7f00:1::]', 'transition'], ['[2002:a00:1::]', 'transition'], ['[2002:808:808::]', 'transition'],
  ['[2001:0:0:0:0:0:80ff:fffe]', 'transition'], ['[::ffff:0:127.0.0.1]', 'transition'],
  // and the public ones next to them
  ['8.8.8.8', 'public'], ['134744072', 'public'], ['172.15.255.255', 'public'], ['172.32.0.1', 'public'],
  ['100.63.255.255', 'public'], ['100.128.0.1', 'public'], ['169.253.255.255', 'public'], ['11.0.0.1', 'public'],
  ['126.255.255.255', 'public'], ['128.0.0.1', 'public'], ['192.167.255.255', 'public'], ['223.255.255.255', 'public'],
  ['[2606:4700::1111]', 'public'], ['[::ffff:8.8.8.8]', 'public'], ['[64:ff9b::8.8.8.8]', 'public'],
]

describe('address ranges', () => {
  it.each(NOTATIONS)('http://%s/ leads to a target that is %s', (host, range) => {
    expect(rangeOfHost(host)).toBe(range)
  })

  it.each(NOTATIONS.filter(([, range]) => range !== 'public'))(
    'http://%s/ is refused by fetch without a connection',
    async (host) => {
      const egress = createEgress({ resolve: () => Promise.reject(new Error('must not resolve')) })
      await expect(egress.fetch(`http://${host}/`)).rejects.toMatchObject({ code: 'forbidden' })
      await egress.close()
    },
  )

  it('reads addresses that a resolver returns in mixed notation as the operating system does', () => {
    expect(refusedRange(parseAddress('::127.0.0.1')!)).toBe('reserved')
    expect(refusedRange(parseAddress('::ffff:127.0.0.1')!)).toBe('loopback')
    expect(refusedRange(parseAddress('fe80::1%eth0')!)).toBe('link-local')
    expect(parseAddress('127.1')).toBeUndefined()
    expect(parseAddress('')).toBeUndefined()
  })
})

describe('egress lists', () => {
  const judge = (
    allow: readonly string[],
    only: readonly string[] | undefined,
    url: string,
    ...addresses: string[]
  ) => {
    const target = targetOf(new URL(url))
    const rules = createRules(allow, only)
    const literal = parseAddress(target.host)
    const parsed = literal ? [literal] : addresses.map((text) => parseAddress(text)!)
    return rules.judgeName(target) ?? rules.judge(target, parsed) ?? 'permitted'
  }

  it('opens an address, on one port where the entry names one', () => {
    expect(judge(['10.0.0.5'], undefined, 'http://10.0.0.5/')).toBe('permitted')
    expect(judge(['10.0.0.5'], undefined, 'http://[::ffff:10.0.0.5]/')).toBe('permitted')
    expect(judge(['10.0.0.5'], undefined, 'http://10.0.0.6/')).toBe('private')
    expect(judge(['10.0.0.5:8080'], undefined, 'http://10.0.0.5:8080/')).toBe('permitted')
    expect(judge(['10.0.0.5:8080'], undefined, 'http://10.0.0.5/')).toBe('private')
    expect(judge(['[fd00::5]:8443'], undefined, 'https://[fd00::5]:8443/')).toBe('permitted')
    expect(judge(['[fd00::5]:8443'], undefined, 'https://[fd00::5]/')).toBe('private')
  })

  it('opens a network, and what NAT64 embeds of it', () => {
    expect(judge(['10.1.0.0/16'], undefined, 'http://10.1.200.7/')).toBe('permitted')
    expect(judge(['10.1.0.0/16'], undefined, 'http://10.2.0.1/')).toBe('private')
    expect(judge(['10.1.0.0/16:443'], undefined, 'https://10.1.0.1/')).toBe('permitted')
    expect(judge(['10.1.0.0/16'], undefined, 'http://[64:ff9b::10.1.0.1]/')).toBe('permitted')
    expect(judge(['10.1.0.0/16'], undefined, 'http://[64:ff9b::10.2.0.1]/')).toBe('private')
    expect(judge(['fd00::/8'], undefined, 'http://[fd12::1]/')).toBe('permitted')
    expect(judge(['[fd00::/8]:80'], undefined, 'http://[fd12::1]/')).toBe('permitted')
    expect(judge(['0.0.0.0/0'], undefined, 'http://[::1]/')).toBe('loopback')
  })

  it('opens the private addresses of a name, but never link-local or special ones', () => {
    expect(judge(['db.internal'], undefined, 'http://DB.internal./', '10.0.0.9', '127.0.0.1', 'fd00::1')).toBe(
      'permitted',
    )
    expect(judge(['db.internal'], undefined, 'http://other.internal/', '10.0.0.9')).toBe('private')
    expect(judge(['db.internal'], undefined, 'http://db.internal/', '169.254.169.254')).toBe('link-local')
    expect(judge(['db.internal'], undefined, 'http://db.internal/', '10.0.0.9', '0.0.0.0')).toBe('unspecified')
    expect(judge(['db.internal:5984'], undefined, 'http://db.internal/', '10.0.0.9')).toBe('private')
  })

  it('reads *.suffix as the names below it, label by label', () => {
    expect(judge(['*.corp.example'], undefined, 'http://a.b.corp.example/', '10.0.0.1')).toBe('permitted')
    expect(judge(['*.corp.example'], undefined, 'http://corp.example/', '10.0.0.1')).toBe('private')
    expect(judge(['*.corp.example'], undefined, 'http://evilcorp.example/', '10.0.0.1')).toBe('private')
    expect(judge(['*.corp.example'], undefined, 'http://corp.example.evil.test/', '10.0.0.1')).toBe('private')
  })

  it('refuses a name when one of its addresses is refused', () => {
    expect(judge([], undefined, 'http://two.example/', '8.8.8.8', '10.0.0.1')).toBe('private')
    expect(judge([], undefined, 'http://two.example/', '8.8.8.8', '1.1.1.1')).toBe('permitted')
  })

  it('calls nothing beside `only`, and nothing at all where it is empty', () => {
    expect(judge([], ['api.example'], 'https://api.example/', '8.8.8.8')).toBe('permitted')
    expect(judge([], ['api.example'], 'https://other.example/', '8.8.8.8')).toBe('only')
    expect(judge([], ['8.8.8.0/24'], 'https://other.example/', '8.8.8.8')).toBe('permitted')
    expect(judge([], ['8.8.8.0/24'], 'https://other.example/', '8.8.8.8', '1.1.1.1')).toBe('only')
    expect(judge([], ['8.8.8.8'], 'https://8.8.8.8/')).toBe('permitted')
    expect(judge([], [], 'https://api.example/', '8.8.8.8')).toBe('only')
    expect(judge([], [], 'https://8.8.8.8/')).toBe('only')
  })

  it('opens nothing private by `only` alone, and narrows what `allow` opened', () => {
    expect(judge([], ['10.0.0.5'], 'http://10.0.0.5/')).toBe('private')
    expect(judge(['10.0.0.0/8'], ['10.0.0.5'], 'http://10.0.0.5/')).toBe('permitted')
    expect(judge(['10.0.0.0/8'], ['10.0.0.5'], 'http://10.0.0.6/')).toBe('only')
  })

  it.each([
    '*',
    '*.',
    '',
    ' ',
    'http://a.example',
    'a.example/path',
    '10.0.0.0/33',
    '10.0.0',
    '2130706433',
    '0x7f.1',
    'a.example:0',
    'a.example:65536',
    'a b',
    '::ffff:10.0.0.0/104',
    '10.0.0.0/8/8',
    'user@a.example',
    '10.0.0.0/',
  ])('does not take %j for an entry, and refuses to start with it', (text) => {
    expect(isEgressEntry(text)).toBe(false)
    expect(() => createEgress({ allow: [text] })).toThrowError(/`allow`/)
    expect(() => createEgress({ only: [text] })).toThrowError(/`only`/)
  })
})
