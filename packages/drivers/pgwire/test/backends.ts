/** What the run's global setup provides (`scripts/backends`), typed for this package's tests. */
declare module 'vitest' {
  export interface ProvidedContext {
    postgres:
      | {
          readonly host: string
          readonly port: number
          readonly user: string
          readonly password: string
          readonly database: string
        }
      | undefined
    postgresMissing: string | undefined
    /** One that speaks TLS, with the certificates of its authority and of another one. */
    postgresTls:
      | {
          readonly host: string
          readonly port: number
          readonly user: string
          readonly password: string
          readonly database: string
          readonly authority: string
          readonly stranger: string
        }
      | undefined
    postgresTlsMissing: string | undefined
  }
}

export {}
