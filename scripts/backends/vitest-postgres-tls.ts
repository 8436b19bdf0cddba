/**
 * vitest's globalSetup: a PostgreSQL that speaks TLS, with a certificate of an authority of its own, and that asks
 * each user in another way. Tests read `inject('postgresTls')`; where it is undefined, `inject('postgresTlsMissing')`
 * says why.
 */
import { execFileSync } from 'node:child_process'
import { appendFile, chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { type PostgresUrl, startPostgres } from './postgres.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    postgresTls: (PostgresUrl & { readonly authority: string; readonly stranger: string }) | undefined
    postgresTlsMissing: string | undefined
  }
}

/** By user; everybody else as `initdb` has it. */
const RULES = `
host all cleartext 127.0.0.1/32 password
host all md5 127.0.0.1/32 md5
host all trusted 127.0.0.1/32 trust
`
/** The server's certificate is good for this name only. */
const NAME = 'DNS:localhost'

const openssl = (folder: string, ...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' })
const authority = (folder: string, name: string) =>
  openssl(
    folder,
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    '-subj',
    `/CN=${name}`,
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.crt`,
  )

const prepare = async (folder: string): Promise<void> => {
  authority(folder, 'authority')
  authority(folder, 'stranger')
  openssl(
    folder,
    'req',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-subj',
    '/CN=server',
    '-keyout',
    'server.key',
    '-out',
    'server.csr',
  )
  await writeFile(join(folder, 'server.ext'), `subjectAltName=${NAME}\n`)
  openssl(
    folder,
    'x509',
    '-req',
    '-in',
    'server.csr',
    '-CA',
    'authority.crt',
    '-CAkey',
    'authority.key',
    '-CAcreateserial',
    '-days',
    '2',
    '-extfile',
    'server.ext',
    '-out',
    'server.crt',
  )
  await chmod(join(folder, 'server.key'), 0o600)
  const rules = join(folder, 'pg_hba.conf')
  const usual = await readFile(rules, 'utf8')
  await writeFile(rules, RULES)
  await appendFile(rules, usual)
}

export default async ({ provide }: TestProject): Promise<(() => Promise<void>) | undefined> => {
  const files: Record<string, string> = {}
  try {
    const { url, stop } = await startPostgres({
      settings: { ssl: 'on' },
      async prepare(folder) {
        await prepare(folder)
        for (const name of ['authority', 'stranger']) files[name] = await readFile(join(folder, `${name}.crt`), 'utf8')
      },
    })
    provide('postgresTls', { ...url, authority: files.authority!, stranger: files.stranger! })
    provide('postgresTlsMissing', undefined)
    return stop
  } catch (error) {
    // Where everything has to be there, a missing server is a failure and not a skip.
    if (process.env.CI === 'true') throw error
    const reason = error instanceof Error ? error.message : String(error)
    console.warn(`Tests on PostgreSQL with TLS are skipped. ${reason}`)
    provide('postgresTls', undefined)
    provide('postgresTlsMissing', reason)
    return undefined
  }
}
