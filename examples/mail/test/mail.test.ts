/** The configuration of this example, started in front of a mail server of the test's own. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { type Folder, folderWith, gw, type Node, startNode } from '../../../scripts/examples/gateway.ts'

const EXAMPLE = dirname(import.meta.dirname)
const read = (name: string) => readFileSync(join(EXAMPLE, name), 'utf8')
const ENV = {
  SMTP_HOST: '127.0.0.1',
  SMTP_USER: 'shop',
  SMTP_PASSWORD: 'a-password-of-the-test',
  APP_KEY: 'an-apps-key',
}
const folderFor = (configuration: string): Folder =>
  folderWith({ example: EXAMPLE, connectors: ['@gw/smtp'], files: { 'gw.config.yaml': configuration } })

test('the configuration passes gw check', () => {
  const folder = folderFor(read('gw.config.yaml'))
  expect(gw(folder.path, ['check'], ENV)).toEqual({ status: 0, told: expect.any(String) })
  expect(gw(folder.path, ['check'], { APP_KEY: ENV.APP_KEY }).told).toContain('SMTP_HOST')
  folder.remove()
})

describe('a gateway as the example has it', () => {
  const inbox: string[] = []
  const signedIn: (string | undefined)[] = []
  const server = new SMTPServer({
    hideSTARTTLS: true,
    allowInsecureAuth: true,
    logger: false,
    onAuth({ username, password }, _session, done) {
      signedIn.push(`${username}:${password}`)
      done(null, { user: username })
    },
    onData(stream, _session, done) {
      stream.toArray().then((chunks) => {
        inbox.push(Buffer.concat(chunks).toString('utf8'))
        done()
      }, done)
    },
  })
  let folder: Folder
  let node: Node
  beforeAll(async () => {
    const listening = server.listen(0, '127.0.0.1')
    await once(listening, 'listening')
    const configuration = parse(read('gw.config.yaml'))
    expect(configuration.services.mail.config.encryption).toBe('tls')
    // The server of the test has no certificate that could be verified.
    delete configuration.services.mail.config.encryption
    folder = folderFor(stringify(configuration))
    const env = { ...ENV, SMTP_PORT: String((listening.address() as AddressInfo).port) }
    node = await startNode(folder.path, ['start', '--port', '0'], env)
  }, 120_000)
  afterAll(async () => {
    await node?.stop()
    await new Promise<void>((resolve) => server.close(resolve))
    folder?.remove()
  })

  test('signs in and sends what the README sends, also from the template', async () => {
    const bodies = [...read('README.md').matchAll(/--data '([^']+)'/g)].map(([, body]) => body!)
    expect(bodies).toHaveLength(2)
    for (const body of bodies) {
      const answer = await fetch(`${node.url}/api/v2/mail`, {
        method: 'POST',
        headers: { 'x-dreamfactory-api-key': ENV.APP_KEY, 'content-type': 'application/json' },
        body,
      })
      expect([answer.status, await answer.json()]).toEqual([200, { count: 1 }])
    }
    expect(inbox[0]).toContain('From: Shop <shop@mail.example>')
    expect(inbox[1]).toContain('Subject: Welcome, Ann')
    expect(new Set(signedIn)).toEqual(new Set(['shop:a-password-of-the-test']))
  })

  test('lets nobody send without a key', async () => {
    const answer = await fetch(`${node.url}/api/v2/mail`, { method: 'POST', body: '{}' })
    expect(answer.status).toBe(400)
  })
})
