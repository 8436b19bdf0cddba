/** A server that is there already, as an environment variable names it. */

export interface ServerAddress {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
}

/**
 * @param text `kind://user:password@host:port/database`; without a database, it is the user's name
 * @param usual the port of servers of that kind
 */
export const serverAddress = (text: string, usual: number): ServerAddress => {
  const { hostname, port, username, password, pathname } = new URL(text)
  return {
    host: hostname,
    port: Number(port || usual),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)) || decodeURIComponent(username),
  }
}

/**
 * Where a `gw.conformance.ts` finds its source: `serverNamedBy('POSTGRES_URL', 5432)`.
 * @returns `undefined` where the variable is not set: then the definition's `open` says what is `missing`
 */
export const serverNamedBy = (variable: string, usual: number): ServerAddress | undefined => {
  const text = process.env[variable]
  return text ? serverAddress(text, usual) : undefined
}
