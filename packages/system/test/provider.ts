/** A provider of OpenID Connect, by a library that others run in earnest, and a browser that signs in there. */
import { createServer, type Server } from 'node:http'
import Provider from 'oidc-provider'

export const CLIENT = { client_id: 'gateway', client_secret: 'a secret between gateway and provider' }

export interface Running {
  readonly issuer: string
  /** Of the claims that accounts have, by their names at the provider. */
  readonly people: Record<string, object>
  /** What becomes of an ID token on its way: as if someone stood between. */
  tamper: ((idToken: string) => string) | undefined
  [Symbol.asyncDispose](): Promise<void>
}

/** @param redirects where the client may send people back to */
export const providerFor = async (redirects: readonly string[]): Promise<Running> => {
  const people: Record<string, object> = {}
  const server: Server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as { port: number }).port}`
  const provider = new Provider(issuer, {
    clients: [
      {
        ...CLIENT,
        redirect_uris: [...redirects],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    claims: { openid: ['sub'], email: ['email'], profile: ['name', 'given_name', 'family_name'] },
    findAccount: async (_context, id) => ({
      accountId: id,
      claims: async () => ({ sub: id, ...people[id] }),
    }),
    cookies: { keys: ['of this test alone'] },
  })
  provider.use(async (context, next) => {
    await next()
    const body = context.body as { id_token?: string } | undefined
    if (running.tamper && body?.id_token) context.body = { ...body, id_token: running.tamper(body.id_token) }
  })
  server.on('request', provider.callback())
  const running: Running = {
    issuer,
    people,
    tamper: undefined,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return running
}

/** Signs in at the provider as a person would. @returns where the provider sends them back to */
export const signInThere = async (address: string, login: string): Promise<URL> => {
  const jar = new Map<string, string>()
  const visit = async (url: string, init: RequestInit = {}) => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(url, { ...init, redirect: 'manual', headers: { ...init.headers, cookie } })
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!
      jar.set(name!, value!)
    }
    return response
  }
  const origin = new URL(address).origin
  let at = address
  for (let step = 0; step < 20; step++) {
    const response = await visit(at)
    const location = response.headers.get('location')
    if (location) {
      const next = new URL(location, at)
      if (next.origin !== origin) return next
      at = next.href
      continue
    }
    const page = await response.text()
    const [, action] = /action="([^"]+)"/.exec(page) ?? []
    if (!action) throw new Error(`The provider has no form: ${page.slice(0, 500)}`)
    const fields = page.includes('value="login"') ? { prompt: 'login', login, password: 'x' } : { prompt: 'consent' }
    const sent = await visit(new URL(action, at).href, {
      method: 'POST',
      body: new URLSearchParams(fields as Record<string, string>).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    at = new URL(sent.headers.get('location')!, at).href
  }
  throw new Error('The provider leads round in circles.')
}
