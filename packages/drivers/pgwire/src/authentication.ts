/**
 * How a client of `pg` lets itself be asked who it is (libpq's `require_auth` and `channel_binding`). By itself `pg`
 * gives its password to whoever asks, takes a server's word where it has proven nothing, and ends the process on a
 * message that it does not know.
 */
import type { Duplex } from 'node:stream'
import type { ClientBase } from 'pg'

/** libpq's names; `none`: the server asks for nothing. */
export type AuthMethod = 'none' | 'password' | 'md5' | 'scram-sha-256'

export interface AuthRules {
  /** Those that are allowed; none stated: all, but a password as it is only where the connection is encrypted. */
  readonly methods: readonly AuthMethod[]
  /** Whether SCRAM is bound to the server's certificate, so that nobody can stand between. */
  readonly binding: 'disable' | 'prefer' | 'require'
  /** Whether the connection leaves no machine and no process can listen, as over a socket in the file system. */
  readonly local?: boolean
}

interface Connection {
  stream: Duplex & { readonly encrypted?: boolean }
  attachListeners(stream: Duplex): void
  prependListener(event: string, listener: (message: { readonly mechanisms?: readonly string[] }) => void): void
}
interface Client {
  readonly connection: Connection
  /** Null as soon as the server's signature has been found to be right. */
  readonly saslSession?: object | null
}

const BOUND = 'SCRAM-SHA-256-PLUS'

/**
 * To be called before the client connects, whose `enableChannelBinding` is set unless the rules disable it.
 * @returns what throws where the server was refused: to be called when the client has connected, as all that a server
 *   says may come in one piece
 */
export const guardAuthentication = (client: ClientBase, rules: AuthRules): (() => void) => {
  const { connection } = client as unknown as Client
  const session = () => (client as unknown as Client).saslSession
  let asked: AuthMethod | undefined
  let finished: object | null | undefined

  let refused: Error | undefined
  const refuse = (why: string): void => {
    refused ??= new Error(`Authentication refused: ${why}`)
    connection.stream.destroy(refused)
  }
  const allowed = (method: AuthMethod): boolean =>
    rules.methods.length > 0
      ? rules.methods.includes(method)
      : method !== 'password' || rules.local === true || connection.stream.encrypted === true
  /** `pg` answers after its listeners have run: on a connection that is gone, nothing is sent. */
  const on = (event: string, method: AuthMethod) =>
    connection.prependListener(event, ({ mechanisms }) => {
      if (asked !== undefined) return refuse('the server asks twice.')
      asked = method
      if (!allowed(method)) return refuse(`the server asks for ${method}.`)
      if (rules.binding === 'require' && !(connection.stream.encrypted && mechanisms?.includes(BOUND)))
        refuse('the server does not bind SCRAM to its certificate.')
    })
  on('authenticationCleartextPassword', 'password')
  on('authenticationMD5Password', 'md5')
  on('authenticationSASL', 'scram-sha-256')
  connection.prependListener('authenticationSASLFinal', () => {
    finished = session()
  })
  connection.prependListener('authenticationOk', () => {
    if (asked === 'scram-sha-256' && !(finished && session() === null))
      return refuse('the server has not proven that it knows the password.')
    if (asked !== undefined) return
    if (!allowed('none')) refuse('the server asks for nothing.')
    else if (rules.binding === 'require') refuse('the server does not bind SCRAM to its certificate.')
  })
  breakOnFault(connection)
  return () => {
    if (refused) throw refused
  }
}

/** What `pg` throws while it reads a message is the connection's end, and not the process's. */
const breakOnFault = (connection: Connection): void => {
  const attach = connection.attachListeners.bind(connection)
  connection.attachListeners = (stream) => {
    attach(stream)
    for (const listener of stream.listeners('data') as ((chunk: Buffer) => void)[]) {
      stream.off('data', listener)
      stream.on('data', (chunk: Buffer) => {
        if (stream.destroyed) return
        try {
          listener(chunk)
        } catch (error) {
          stream.destroy(error as Error)
        }
      })
    }
  }
}
