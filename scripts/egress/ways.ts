/** The ways by which an address that somebody wrote is called: every one of them leads through the egress rules. */

export interface Way {
  /** The type of the service, and where the address stands. */
  readonly type: string
  readonly at: string
  /** Whose word the address is. */
  readonly by: 'operator' | 'caller' | 'script'
  /** What becomes of a redirect: followed where each step is `judged`, or handed on as the answer that it is. */
  readonly redirects: 'judged' | 'not followed'
  /** Settings take https alone, but for this very machine. */
  readonly encrypted?: true
}

export const WAYS = {
  httpBase: { type: 'rws', at: '`base_url`', by: 'operator', redirects: 'judged' },
  httpServers: { type: 'rws', at: '`servers` of `openapi`', by: 'operator', redirects: 'judged' },
  httpToken: { type: 'rws', at: '`oauth2.token_url`', by: 'operator', redirects: 'not followed' },
  httpProxy: { type: 'rws', at: '`proxy.url`', by: 'operator', redirects: 'not followed' },
  s3: { type: 'aws_s3', at: '`endpoint`', by: 'operator', redirects: 'not followed' },
  github: { type: 'github', at: '`base_url`', by: 'operator', redirects: 'not followed' },
  smtpToken: { type: 'smtp_email', at: '`oauth2.token_url`', by: 'operator', redirects: 'not followed' },
  openid: { type: 'oidc', at: '`discovery_document`', by: 'operator', redirects: 'not followed', encrypted: true },
  fileImport: { type: 'local_file, aws_s3', at: '`url` of an upload', by: 'caller', redirects: 'judged' },
  attachment: { type: 'smtp_email', at: '`import_url` of a message', by: 'caller', redirects: 'judged' },
  tableImport: { type: 'system', at: '`import_url` of `import`', by: 'caller', redirects: 'judged' },
  script: { type: 'nodejs, python, php', at: '`platform.api`', by: 'script', redirects: 'not followed' },
} as const satisfies Readonly<Record<string, Way>>

export type WayName = keyof typeof WAYS
