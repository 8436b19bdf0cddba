/** What the run's global setup provides (`scripts/backends`), typed for this package's tests. */
declare module 'vitest' {
  export interface ProvidedContext {
    mariadb:
      | {
          readonly host: string
          readonly port: number
          readonly user: string
          readonly password: string
          readonly database: string
        }
      | undefined
    mariadbMissing: string | undefined
  }
}

export {}
