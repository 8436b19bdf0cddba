/**
 * `/setup`: the first administrator, for whom there is no one yet to ask (platform.md §2.9). A code in the log proves
 * that whoever comes may look at it: reaching a new gateway first is not enough to take it.
 */
import { GwError, type Logger } from '@gw/core'
import type { RootRoute } from '@gw/core/governance'
import type { RecordsSource, RunOptions } from '@gw/records'
import { createUser } from '../account/people.ts'
import { passwordProblem } from '../rules/user.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { hasAdministrator } from '../snapshot/users.ts'
import type { Store } from '../store/open.ts'
import type { RevisionTable } from '../store/revision.ts'
import { readRows } from '../store/rows.ts'
import { isSame, type SetupCode } from './code.ts'
import { CONTENT_SECURITY_POLICY, type SetupProblems, type SetupValues, setupPage } from './page.ts'

/** Bytes that a form may have. */
const LARGEST = 64 * 1024
const PATIENCE = 15_000
/** Where a browser goes when there is nothing to set up. */
const HOME = '/'

export interface SetupOptions {
  readonly store: Store
  readonly source: RecordsSource
  readonly revisions: Pick<RevisionTable, 'raise'>
  readonly code: SetupCode
  readonly log: Logger
  snapshot(): Snapshot
}

export interface Setup {
  readonly routes: readonly RootRoute[]
  /** Writes the code into the log, where there is no administrator yet. */
  announce(): Promise<void>
}

const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

const isJson = (request: Request): boolean => /[/+]json\b/.test(request.headers.get('content-type') ?? '')

/** @throws GwError `too_large` */
const textOf = async ({ body }: Request): Promise<string> => {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body ?? []) {
    size += chunk.byteLength
    if (size > LARGEST) throw new GwError('too_large', 'The form is larger than any that is filled in.')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

type Given = SetupValues & { readonly password?: string; readonly password_confirmation?: string }

const FIELDS = ['code', 'email', 'name', 'first_name', 'last_name', 'username', 'phone'] as const
const SECRETS = ['password', 'password_confirmation'] as const

const givenIn = async (request: Request): Promise<Given> => {
  const text = await textOf(request)
  let found: Readonly<Record<string, unknown>>
  try {
    found = isJson(request) ? JSON.parse(text) : Object.fromEntries(new URLSearchParams(text))
  } catch {
    throw new GwError('invalid_request', 'The body is not valid JSON.')
  }
  const named = [...FIELDS.map((name) => [name, String(found?.[name] ?? '').trim()] as const)]
  return Object.fromEntries([...named, ...SECRETS.map((name) => [name, String(found?.[name] ?? '')] as const)])
}

const problemsOf = ({ password, password_confirmation: again, name, email }: Given, json: boolean): SetupProblems => {
  const short = passwordProblem(password)
  // Programs need not repeat themselves.
  const differs = password !== again && !(json && again === '')
  return {
    ...(!email && { email: ['The email is required.'] }),
    ...(!name && { name: ['The name is required.'] }),
    ...(short && { password: [short] }),
    ...(!short && differs && { password_confirmation: ['The two passwords differ.'] }),
  }
}

const valuesOf = ({ code: _, password_confirmation: __, ...given }: Given) => ({
  ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== '')),
  is_active: true,
})

export const setupRoutes = ({ store, source, revisions, code, log, snapshot }: SetupOptions): Setup => {
  let creating = false
  const isNeeded = () => !hasAdministrator(snapshot())
  const gone = () => new Response(null, { status: 303, headers: { ...HEADERS, location: HOME } })
  const page = async (status: number, values?: SetupValues, problems?: SetupProblems) =>
    new Response(await setupPage(values, problems), {
      status,
      headers: { ...HEADERS, 'content-type': 'text/html; charset=utf-8' },
    })
  const json = (status: number, body: object) =>
    new Response(JSON.stringify(body), { status, headers: { ...HEADERS, 'content-type': 'application/json' } })

  const refused = (request: Request, status: number, given: Given, problems: SetupProblems) => {
    if (!isJson(request)) return page(status, given, problems)
    const message = `Invalid data supplied. ${Object.values(problems).flat().join(' ')}`
    return json(status, { error: { code: status, context: problems, message, status_code: status } })
  }
  /** A program is told, and a browser led on. */
  const late = (request: Request) => {
    if (request.method === 'GET' || !isJson(request)) return gone()
    const message = 'There is an administrator already. Sign in, or ask one of them.'
    return json(409, { error: { code: 409, context: null, message, status_code: 409 } })
  }
  const done = (request: Request) => (isJson(request) ? json(201, { success: true }) : gone())
  const exists = async (inside: RunOptions) =>
    (await readRows(store, 'user', { where: { is_sys_admin: true }, fields: ['id'] }, inside)).length > 0
  /** @returns whether there was none yet: of two who come to two nodes at the same time, one goes on */
  const createFirst = async (given: Given): Promise<boolean> => {
    const signal = AbortSignal.timeout(PATIENCE)
    return source.transaction!(async (transaction) => {
      const inside = { signal, transaction }
      // First: whoever else makes users waits.
      await revisions.raise(['user'], inside)
      if (await exists(inside)) return false
      await createUser(source, 'admin', valuesOf(given), inside)
      return true
    }, signal)
  }

  const create = async (request: Request, given: Given): Promise<Response> => {
    const current = await code.read()
    if (creating || current === undefined || !isSame(given.code ?? '', current))
      return refused(request, 403, given, { code: ['This is not the code that the log has.'] })
    const problems = problemsOf(given, isJson(request))
    if (Object.keys(problems).length > 0) return refused(request, 400, given, problems)
    creating = true
    try {
      if (!(await createFirst(given))) return late(request)
      // Without it the code is of no use either; the next start forgets it.
      await code.forget().catch((error: unknown) => log.warn('the set-up code could not be forgotten', { error }))
    } catch (error) {
      if (GwError.is(error) && error.details) return refused(request, 400, given, error.details as SetupProblems)
      throw error
    } finally {
      creating = false
    }
    log.info('the first administrator was made', { email: given.email })
    return done(request)
  }

  const answer = async (request: Request): Promise<Response> => {
    try {
      if (!isNeeded()) return late(request)
      return request.method === 'POST' ? await create(request, await givenIn(request)) : await page(200)
    } catch (error) {
      if (!GwError.is(error) || error.code === 'internal') throw error
      return refused(request, error.code === 'too_large' ? 413 : 400, {}, { form: [error.message] })
    }
  }

  return {
    routes: [
      { method: 'GET', path: '/setup', handle: answer },
      { method: 'POST', path: '/setup', handle: answer },
    ],
    async announce() {
      if (!isNeeded()) return code.forget()
      const current = await code.ensure()
      log.warn(`there is no administrator yet: open /setup, or run gw admin create; the set-up code is ${current}`)
    },
  }
}
