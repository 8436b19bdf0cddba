/** Recorded from a real server of this machine, and played after it has gone. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineServiceType, endpoint, secret } from '@gw/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { openGateway, type RecordedOptions, recorded, SCRUBBED } from '../src/index.ts'

const words = (title: string) => ({ title, description: title })
const shop = defineServiceType({
  contract: 1,
  name: 'shop',
  label: 'Shop',
  description: 'Asks a shop.',
  group: 'Remote Service',
  config: z.strictObject({
    base_url: z.url().meta(words('Address')),
    user: z.string().meta(words('User')),
    password: z.string().meta({ ...words('Password'), ...secret }),
    clients: z
      .array(z.strictObject({ phrase: z.string().meta({ ...words('Phrase'), ...secret }) }))
      .meta(words('Clients')),
  }),
  create({ base_url, user, password, clients }, host) {
    const basic = Buffer.from(`${user}:${password}`).toString('base64')
    const asked = async (path: string, init: RequestInit = {}) => {
      const response = await host.fetch(`${base_url}${path}`, {
        ...init,
        headers: { authorization: `Basic ${basic}`, cookie: 'a=of-a-session', 'x-plain': password, ...init.headers },
      })
      return {
        status: response.status,
        told: response.headers.get('x-told'),
        bytes: Buffer.from(await response.arrayBuffer()).toString('base64'),
      }
    }
    const [client] = clients
    return {
      endpoints: [
        endpoint({
          id: 'ask',
          method: 'GET',
          path: '/ask/{what}',
          summary: 'Ask',
          params: z.object({ what: z.string() }),
          handle: ({ params: { what } }) => {
            if (what === 'json')
              return asked(`/json?q=${encodeURIComponent(password)}&api_key=k-in-the-query&page=2`, {
                method: 'POST',
                headers: { 'content-type': 'application/json' },
                body: JSON.stringify({
                  name: 'Ada',
                  phrase: client!.phrase,
                  nested: { access_token: 't-in-the-body' },
                }),
              })
            if (what === 'form')
              return asked('/form', {
                method: 'POST',
                body: new URLSearchParams({ client_secret: 's-in-the-form', text: `${password} in a text` }),
              })
            return asked(`/${what}`)
          },
        }),
      ],
    }
  },
})

let server: Server
let base_url = ''
let count = 0
const folder = mkdtempSync(join(tmpdir(), 'gw-recordings-'))
const SECRETS = { password: 'pass/wörd+1 "x"', clients: [{ phrase: 'open-sesame' }] }
const options = (more: Partial<RecordedOptions> = {}): RecordedOptions => ({
  type: shop,
  config: { base_url, user: 'ann', ...SECRETS },
  folder,
  ...more,
})

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const body = (await Array.fromAsync(request)).join('')
    response.setHeader('set-cookie', 'session=given-by-the-server')
    response.setHeader('x-told', `by ${SECRETS.password.slice(0, 5)}`)
    if (request.url === '/bytes') return void response.end(Buffer.from([0, 255, 254, 1]))
    if (request.url === '/empty') return void response.writeHead(204).end()
    if (request.url === '/count') return void response.end(String(++count))
    response.setHeader('content-type', 'application/json')
    response
      .writeHead(201)
      .end(JSON.stringify({ echo: body, url: request.url, refresh_token: 'r-in-the-answer', list: [{ id: 1 }] }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base_url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

const asking = async (name: string, asks: readonly string[], more: Partial<RecordedOptions> = {}) => {
  const recording = await recorded(name, options(more))
  const { config } = options(more)
  const gateway = await openGateway({ services: { db: { type: recording.type, config } } })
  try {
    const answers = []
    for (const what of asks) answers.push(await gateway.ask({ path: `ask/${what}` }))
    return { answers, log: gateway.log.lines }
  } finally {
    await gateway.close()
    await recording.close()
  }
}
const bodies = ({ answers }: Awaited<ReturnType<typeof asking>>) => answers.map(({ body }) => body)
const textOf = ({ bytes }: { readonly bytes: string }) => Buffer.from(bytes, 'base64').toString('utf8')

const ALL = ['json', 'form', 'bytes', 'empty', 'count', 'count']

describe('a recording', () => {
  let live: any[]
  beforeAll(async () => {
    live = bodies(await asking('all', ALL, { record: true }))
    server.closeAllConnections()
  })

  test('holds no secret, in no form, and no cookie', () => {
    const text = readFileSync(join(folder, 'all.json'), 'utf8')
    const { password } = SECRETS
    const basic = Buffer.from(`ann:${password}`).toString('base64')
    for (const secret of [
      password,
      encodeURIComponent(password),
      JSON.stringify(password).slice(1, -1),
      Buffer.from(password).toString('base64'),
      basic,
      'open-sesame',
      'of-a-session',
      'given-by-the-server',
      'k-in-the-query',
      't-in-the-body',
      's-in-the-form',
      'r-in-the-answer',
    ])
      expect(text).not.toContain(secret)
    expect(text).toContain('page=2')
    expect(text).toContain('Ada')
    expect(text.split(SCRUBBED).length).toBeGreaterThan(10)
  })

  test('is played with what was answered, also to who has other secrets', async () => {
    const others = { ...options().config, password: 'another-password', clients: [{ phrase: 'another-phrase' }] }
    const asked = count
    const played: any[] = bodies(await asking('all', ALL, { config: others }))
    expect(count, 'the server was asked').toBe(asked)
    expect(played.map(({ status }) => status)).toEqual(live.map(({ status }) => status))
    expect(played.slice(2)).toEqual(live.slice(2))
    expect(JSON.parse(textOf(played[0]))).toMatchObject({ refresh_token: SCRUBBED, list: [{ id: 1 }] })
  })

  test('plays the same request in the order in which it was answered, and the last answer again', async () => {
    const played: any[] = bodies(await asking('all', ['count', 'count', 'count']))
    expect(played.map(textOf)).toEqual(['1', '2', '2'])
  })

  test('says of a request that it does not have which one that is, and how to record it', async () => {
    const { answers, log } = await asking('all', ['nothing'])
    expect(answers[0]!.status).toBe(500)
    const told = JSON.stringify(log, (_name, value) => (value instanceof Error ? value.message : value))
    expect(told).toMatch(
      /The recording 'all' has no answer to GET http:\/\/127\.0\.0\.1:\d+\/nothing\. Record it again/,
    )
  })

  test('that is not there says how it is made', async () => {
    await expect(recorded('none', options())).rejects.toThrow(/no recording 'none'.+GW_RECORD=1/)
    await expect(recorded('../none', options())).rejects.toThrow(/no name/)
  })

  test('that would still hold a secret is not written', async () => {
    // A word of the file itself, which is not scrubbed.
    const recording = await recorded('leaking', options({ record: true, secrets: ['interactions'] }))
    await expect(recording.close()).rejects.toThrow(/would hold a secret/)
    expect(readdirSync(folder)).not.toContain('leaking.json')
  })

  test('goes out by the fetch of the host, under its rules, where it is made', async () => {
    const { answers } = await asking('denied', ['json'], {
      record: true,
      config: { ...options().config, base_url: 'http://10.1.2.3' },
    })
    expect(answers[0]!.status).toBeGreaterThanOrEqual(400)
    const { interactions } = JSON.parse(readFileSync(join(folder, 'denied.json'), 'utf8'))
    expect(interactions).toEqual([])
  })
})
