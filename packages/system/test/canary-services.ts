/** A service of every type that is installed, with a canary in each secret, and nobody at the other end. */
import { generateKeyPairSync } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { openTransfer } from '../src/transfer/open.ts'
import { type Canaries, filledWith } from './canaries.ts'
import { contextIn } from './opened.ts'

/** All that there are, so that a new one is searched, too. */
const CONNECTORS = resolve(import.meta.dirname, '../../connectors')
export const PACKAGES = [
  ...readdirSync(CONNECTORS).map((name) => resolve(CONNECTORS, name)),
  resolve(import.meta.dirname, '..'),
]
const NOBODY = 'http://127.0.0.1:9/'
const KEY = generateKeyPairSync('rsa', {
  modulusLength: 2_048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
}).privateKey
/** Nobody listens there, which is soon found out. */
const DEAD = {
  host: '127.0.0.1',
  port: 9,
  database: 'nowhere',
  discovery_document: NOBODY,
  redirect_url: NOBODY,
  base_url: NOBODY,
  endpoint: NOBODY,
  token_url: NOBODY,
  url: NOBODY,
  client_id: 'gw',
  domain: 'gw.test',
  selector: 'gw',
  from_email: 'gw@gw.test',
  username: 'gw',
  vendor: 'gw',
  container: 'nowhere',
  connect_timeout: 1,
  queue_timeout: 1,
  timeout: 5,
  retries: 0,
  sandbox: 'preferred',
  content: '',
  action: 31,
  name: 'X-Canary',
  dsn: (canary: string) => `mongodb://gw:${encodeURIComponent(canary)}@127.0.0.1:9/nowhere`,
  // What stands before a key in PEM form is a comment.
  private_key: (canary: string) => `${canary}\n${KEY}`,
  '{}': 'CURLOPT_USERPWD',
}
/** Settings that can not stand beside each other, or keep a service from getting to others: one service without each. */
const APART: Readonly<Record<string, readonly (readonly string[])[]>> = {
  github: [['token'], ['app']],
  mongodb: [['dsn'], ['password']],
  rws: [['tls', 'proxy', 'oauth2', 'options'], ['tls', 'proxy'], []],
}
/** A few places that there must be, so that the search can not have become one for nothing. */
export const PLACES = [
  'mysql 0.password',
  'pgsql 0.password',
  'mongodb 0.password',
  'mongodb 1.dsn',
  'aws_s3 0.key',
  'aws_s3 0.secret',
  'rws 0.headers[].value',
  'rws 0.parameters[].value',
  'rws 1.oauth2.client_secret',
  'rws 1.options{}',
  'rws 2.tls.key',
  'rws 2.proxy.password',
  'github 0.app.private_key',
  'github 1.token',
  'smtp_email 0.password',
  'oidc 0.client_secret',
]
/** Settings of which there is one only, or which have no secret. */
const SINGLE = new Set(['system', 'user'])

/** Configurations of every type that there is, with a canary in each secret. */
export const servicesOfAllTypes = async (folder: string, seeded: Canaries) => {
  const { context, registry } = await contextIn(folder, { connectors: PACKAGES })
  const transfer = await openTransfer(context, 'test')
  try {
    const names = [...registry.types().map(({ name }) => name), 'oidc'].filter((name) => !SINGLE.has(name))
    const services = []
    for (const type of new Set(names)) {
      await transfer.load(type)
      for (const [at, left] of (APART[type] ?? [[]]).entries()) {
        const { properties, ...schema } = transfer.schemaOf(type)!
        const kept = Object.entries(properties ?? {}).filter(([name]) => !left.includes(name))
        const shape = { ...schema, properties: Object.fromEntries(kept) }
        const config = filledWith(shape, DEAD, seeded.make, `${type} ${at}`) as object
        services.push({ name: `dead_${type}_${at}`, type, is_active: true, config })
      }
    }
    return services
  } finally {
    await transfer.close()
  }
}
