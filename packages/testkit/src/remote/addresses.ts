/** Addresses that must not be called unless an operator opened them, and where each is refused. docs/reference/egress.md shows them. */

/**
 * `writing`: by how it is written, be it the settings that refuse it or the way out. `address`: by the address that it
 * names, and nothing is looked up. `name`: by what its name leads to, before a connection is made.
 */
export type Where = 'writing' | 'address' | 'name'

export interface HostileAddress {
  readonly url: string
  readonly where: Where
  /** Words of the refusal. */
  readonly because: string
}

/** What the names of the table resolve to: a test's own `resolve` answers so. */
export const HOSTILE_NAMES: Readonly<Record<string, readonly string[]>> = {
  'loopback.example': ['127.0.0.1'],
  'private.example': ['10.1.2.3'],
  'metadata.example': ['169.254.169.254'],
  'mixed.example': ['93.184.216.34', '192.168.0.1'],
  'v6-loopback.example': ['::1'],
  'mapped.example': ['::ffff:127.0.0.1'],
  'nat64.example': ['64:ff9b::7f00:1'],
  'unspecified.example': ['0.0.0.0'],
  'ula.example': ['fd00::1'],
  '127.0.0.1.nip.example': ['127.0.0.1'],
  localhost: ['127.0.0.1', '::1'],
  'localhost.localdomain': ['127.0.0.1'],
  'app.localhost': ['127.0.0.1'],
}

const rows = (where: Where, because: string, ...urls: readonly string[]): readonly HostileAddress[] =>
  urls.map((url) => ({ url, where, because }))

const PORT = '{port}'

/** `{port}` is the port of a server that must never be reached. */
export const HOSTILE_ADDRESSES: readonly HostileAddress[] = [
  ...rows(
    'address',
    'loopback',
    `http://127.0.0.1:${PORT}/`,
    `http://127.255.255.254:${PORT}/`,
    `http://127.1:${PORT}/`,
    `http://2130706433:${PORT}/`,
    `http://0x7f000001:${PORT}/`,
    `http://0x7f.0.0.1:${PORT}/`,
    `http://017700000001:${PORT}/`,
    `http://0177.0.0.01:${PORT}/`,
    `http://①②⑦.⓪.⓪.①:${PORT}/`,
    `http://127。0。0。1:${PORT}/`,
    `http://%31%32%37.0.0.1:${PORT}/`,
    `http://127.0.0.1.:${PORT}/`,
    `http://[::1]:${PORT}/`,
    `http://[0:0:0:0:0:0:0:1]:${PORT}/`,
    `http://[::ffff:127.0.0.1]:${PORT}/`,
    `http://[::ffff:7f00:1]:${PORT}/`,
    `http://[0:0:0:0:0:ffff:127.0.0.1]:${PORT}/`,
    `http://[64:ff9b::127.0.0.1]:${PORT}/`,
    `http:///127.0.0.1:${PORT}/`,
    `HTTP://127.0.0.1:${PORT}/`,
  ),
  ...rows(
    'address',
    'private network',
    'http://10.0.0.1/',
    'http://172.16.0.1/',
    'http://172.31.255.255/',
    'http://192.168.1.1/',
    'http://0xc0a80101/',
    'http://[fd12:3456::1]/',
    'http://[fec0::1]/',
    'http://[::ffff:10.0.0.1]/',
  ),
  ...rows(
    'address',
    'link-local',
    'http://169.254.169.254/latest/meta-data/',
    'http://2852039166/',
    'http://0xA9FEA9FE/',
    'http://[fe80::1]/',
    'http://[::ffff:a9fe:a9fe]/',
  ),
  ...rows('address', 'unspecified', 'http://0.0.0.0/', 'http://0/', 'http://[::]/'),
  ...rows('address', 'carrier-grade NAT', 'http://100.64.0.1/', 'http://100.100.100.200/'),
  ...rows('address', 'multicast', 'http://224.0.0.1/', 'http://255.255.255.255/', 'http://[ff02::1]/'),
  ...rows('address', 'cloud platform', 'http://168.63.129.16/'),
  ...rows('address', 'transition', 'http://[2002:7f00:1::]/', 'http://[2001:0:7f00:1::]/'),
  ...rows('address', 'reserved', 'http://192.0.0.192/', 'http://240.0.0.1/', 'http://[::7f00:1]/', 'http://[100::1]/'),
  ...rows(
    'name',
    'loopback',
    `http://loopback.example:${PORT}/`,
    `http://localhost:${PORT}/`,
    `http://LOCALHOST.:${PORT}/`,
  ),
  ...rows('name', 'loopback', `http://app.localhost:${PORT}/`, `http://localhost.localdomain:${PORT}/`),
  ...rows('name', 'loopback', `http://127.0.0.1.nip.example:${PORT}/`, `http://v6-loopback.example:${PORT}/`),
  ...rows('name', 'loopback', `http://mapped.example:${PORT}/`, `http://nat64.example:${PORT}/`),
  ...rows('name', 'private network', 'http://private.example/', 'http://mixed.example/', 'http://ula.example/'),
  ...rows('name', 'link-local', 'http://metadata.example/'),
  ...rows('name', 'unspecified', 'http://unspecified.example/'),
  ...rows(
    'writing',
    'user name',
    `http://public.example@127.0.0.1:${PORT}/`,
    `http://public.example:80@127.0.0.1:${PORT}/`,
    `http://user:password@127.0.0.1:${PORT}/`,
    `http://a@b@127.0.0.1:${PORT}/`,
  ),
  ...rows(
    'writing',
    'URL',
    'file:///etc/passwd',
    'ftp://127.0.0.1/',
    'gopher://127.0.0.1:70/_x',
    'data:text/plain,x',
    'unix:/run/docker.sock',
    '//127.0.0.1/',
    'http:\\\\127.0.0.1/',
    'http://[::1%25lo]/',
    'http://1.2.3.4.5.6/\u0000',
    'http://256.256.256.256/',
    'http://127.0.0.1:99999/',
  ),
]
