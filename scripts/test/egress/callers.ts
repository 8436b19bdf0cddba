/** Each way out as it is taken: by the connector's own code, from its settings or a request to the call. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import github from '../../../packages/connectors/github/src/index.ts'
import http from '../../../packages/connectors/http/src/index.ts'
import localFiles from '../../../packages/connectors/local-files/src/index.ts'
import s3 from '../../../packages/connectors/s3/src/index.ts'
import nodejs from '../../../packages/connectors/script-node/src/index.ts'
import smtp from '../../../packages/connectors/smtp/src/index.ts'
import { tokenOf } from '../../../packages/connectors/smtp/src/token.ts'
import { GwError, type ServiceType, statusOf } from '../../../packages/core/src/contract.ts'
import type { Egress } from '../../../packages/core/src/egress/index.ts'
import { oidcConfig } from '../../../packages/system/src/external/oidc-config.ts'
import { oidcProvider } from '../../../packages/system/src/external/oidc-provider.ts'
import { givenIn } from '../../../packages/system/src/table-import/given.ts'
import { type Answer, openGateway, recordedHost } from '../../../packages/testkit/src/index.ts'
import type { WayName } from '../../egress/ways.ts'

export interface Outcome {
  readonly status: number
  /** What whoever asked is told. */
  readonly message: string
}

export interface Caller {
  call(url: string): Promise<Outcome>
  close?(): Promise<void>
}

/** ms after which a call counts as one that hangs. */
const HANGS = 60_000

/** Libraries wrap what a call of theirs failed with. */
const refusalIn = (error: unknown): Outcome => {
  for (let one: unknown = error; one instanceof Error; one = one.cause)
    if (GwError.is(one) && one.code === 'forbidden') return { status: 403, message: one.message }
  return { status: GwError.is(error) ? statusOf(error) : 500, message: String((error as Error).message) }
}

const outcomeOf = async (work: () => Promise<unknown>): Promise<Outcome> => {
  try {
    await work()
    return { status: 200, message: '' }
  } catch (error) {
    return refusalIn(error)
  }
}

/** Settings that are not accepted. */
const unsettled = (issues: readonly { readonly message: string }[]): Outcome => ({
  status: 400,
  message: issues.map(({ message }) => message).join(' '),
})

const hostUnder = ({ fetch, outgoing, lookup }: Egress) => ({ ...recordedHost(), fetch, outgoing, lookup })

/** Settings are checked, then the service is started and asked whether its source is there. */
const bySettings =
  (type: ServiceType<any>, settings: (url: string) => object) =>
  (egress: Egress): Caller => ({
    async call(url) {
      const checked = await type.config['~standard'].validate(settings(url))
      if (checked.issues) return unsettled(checked.issues)
      return outcomeOf(async () => {
        const service = type.create(checked.value, hostUnder(egress))
        try {
          const signal = AbortSignal.timeout(HANGS)
          await service.start?.(signal)
          await service.health?.(signal)
        } finally {
          await service.stop?.()
        }
      })
    },
  })

/** A running service is asked, over a gateway, to load what is there. */
const byRequest =
  (
    type: ServiceType<any>,
    config: () => Readonly<Record<string, unknown>>,
    ask: (gateway: Awaited<ReturnType<typeof openGateway>>, url: string) => Promise<Answer>,
    outcome: (answer: Answer) => Outcome = ({ status, body }) => ({ status, message: body?.error?.message ?? '' }),
    ended: () => void = () => {},
  ) =>
  async (egress: Egress): Promise<Caller> => {
    const { fetch, outgoing, lookup } = egress
    const ruled: ServiceType<any> = {
      ...type,
      create: (settings, host) => type.create(settings, { ...host, fetch, outgoing, lookup }),
    }
    const gateway = await openGateway({ services: { db: { type: ruled, config: config() } } })
    return {
      call: async (url) => outcome(await ask(gateway, url)),
      async close() {
        await gateway.close()
        ended()
      },
    }
  }

/** Only the settings that hold the address are checked: the rest of them is right. */
const renewing = (egress: Egress): Caller => ({
  async call(token_url) {
    const oauth2 = { client_id: 'a', client_secret: 'b', refresh_token: 'c', token_url }
    const settings = { host: 'mail.example', username: 'me', oauth2 }
    const checked = await smtp.config['~standard'].validate(settings)
    if (checked.issues) return unsettled(checked.issues)
    return outcomeOf(
      () =>
        new Promise((resolve, reject) =>
          tokenOf('me', oauth2, egress.fetch).getToken(true, (error, token) =>
            error ? reject(error) : resolve(token),
          ),
        ),
    )
  },
})

const signingIn = (egress: Egress): Caller => ({
  async call(discovery_document) {
    const redirect_url = 'https://gateway.example/'
    const checked = oidcConfig.safeParse({ discovery_document, client_id: 'a', client_secret: 'b', redirect_url })
    if (!checked.success) return unsettled(checked.error.issues)
    const provider = oidcProvider(checked.data, hostUnder(egress))
    return outcomeOf(() => provider.address({ state: 's', nonce: 'n', verifier: 'v'.repeat(43) }))
  },
})

const importing = (egress: Egress): Caller => ({
  call: (import_url) =>
    outcomeOf(() =>
      givenIn(
        {
          query: { import_url },
          header: () => undefined,
          body: (async function* () {})(),
          signal: AbortSignal.timeout(HANGS),
        },
        egress,
      ),
    ),
})

const base = { retries: 0 }
const OAUTH2 = { client_id: 'a', client_secret: 'b' }
const KEYS = { key: 'AKIAIOSFODNN7EXAMPLE', secret: 'a-secret-of-the-test-suite' }
const STORE = { ...KEYS, region: 'us-east-1', container: 'bucket', use_path_style_endpoint: true, timeout: 30 }
const OPENAPI = { openapi: '3.1.0', info: { title: 'A', version: '1' }, paths: {} }
const MESSAGE = { to: [{ email: 'to@mail.example' }], subject: 'S', body_text: 'T', from_email: 'me@mail.example' }
const SCRIPT = 'return await platform.api.get(event.request.parameters.path)'

/** A service that is there, and whose token server or proxy is elsewhere: asked by a call, as health asks for no token. */
const byCall = (settings: (url: string) => object) => (egress: Egress) => ({
  async call(url: string): Promise<Outcome> {
    const checked = await http.config['~standard'].validate(settings(url))
    if (checked.issues) return unsettled(checked.issues)
    const open = byRequest(
      http,
      () => checked.value,
      ({ ask }) => ask({ path: 'a' }),
    )
    const caller = await open(egress).catch((error: Error) => error)
    // A description whose server is nowhere: nothing is there to be asked.
    if (caller instanceof Error) return { status: 400, message: caller.message }
    try {
      return await caller.call(url)
    } finally {
      await caller.close?.()
    }
  },
})

/**
 * @param door the address of a server that may be called
 */
export const callersTo = (door: string): Readonly<Record<WayName, (egress: Egress) => Caller | Promise<Caller>>> => {
  let folder = ''
  return {
    httpBase: byCall((base_url) => ({ ...base, base_url })),
    httpServers: byCall((url) => ({ ...base, undocumented: true, openapi: { ...OPENAPI, servers: [{ url }] } })),
    httpToken: byCall((token_url) => ({ ...base, base_url: door, oauth2: { ...OAUTH2, token_url } })),
    httpProxy: byCall((url) => ({ ...base, base_url: door, proxy: { url } })),
    s3: bySettings(s3, (endpoint) => ({ ...STORE, endpoint })),
    github: bySettings(github, (base_url) => ({ vendor: 'octo', token: 'ghp_a-token-for-tests', base_url })),
    smtpToken: renewing,
    openid: signingIn,
    fileImport: byRequest(
      localFiles,
      () => {
        folder = mkdtempSync(join(tmpdir(), 'gw-egress-'))
        return { container: folder }
      },
      ({ ask }, url) => ask({ method: 'POST', path: '', query: { url } }),
      undefined,
      () => rmSync(folder, { recursive: true, force: true }),
    ),
    attachment: byRequest(
      smtp,
      () => ({ host: '127.0.0.1', port: 1 }),
      ({ ask }, url) => ask({ method: 'POST', path: '', body: { ...MESSAGE, import_url: url } }),
    ),
    tableImport: importing,
    script: byRequest(
      nodejs,
      () => ({ content: SCRIPT, allowed_hosts: ['*'], sandbox: 'preferred' }),
      ({ ask }, path) => ask({ path: '', query: { path } }),
      ({ status, body, text }) => ({ status: body?.status_code ?? status, message: text }),
    ),
  }
}
