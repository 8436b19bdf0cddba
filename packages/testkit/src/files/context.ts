/** What the checks for file services work with: a gateway with the service, and the store behind it. */
import assert from 'node:assert/strict'
import type { ServiceType } from '@gw/core'
import type { FileCapabilities } from '@gw/files'
import { EVERYTHING, type RoleSpec } from '../governance.ts'
import { openGateway, type TestGateway } from '../harness.ts'

export interface FilesSubject {
  /** A valid configuration of a store with nothing in it. */
  readonly config: Readonly<Record<string, unknown>>
  /** Everything in the store, whether the service shows it or not, and whatever was begun there and not ended. */
  raw(): Promise<readonly string[]>
  /** Puts something into the store past the service, under whatever name. Absent: the store takes no odd names. */
  plant?(name: string, text: string): Promise<void>
  close(): Promise<void>
}

export interface FilesConformanceOptions {
  readonly type: ServiceType<any>
  prepare(): Promise<FilesSubject>
}

export type Body = string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | FormData

export interface FileCall {
  /** Default: GET. */
  readonly method?: string
  /** Below the service, encoded by the caller where need be. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Body
  /** Default: everything is allowed. */
  readonly as?: RoleSpec
}

export interface FileAnswer {
  readonly status: number
  readonly headers: Headers
  readonly bytes: Buffer
  readonly text: string
  /** Parsed where it is JSON. */
  readonly body: any
}

export interface FilesContext {
  readonly gateway: TestGateway
  readonly subject: FilesSubject
  readonly capabilities: FileCapabilities
  call(call: FileCall): Promise<FileAnswer>
  /** A call that has to succeed. */
  given(call: FileCall): Promise<FileAnswer>
  /** A folder of its own for a check, with a slash at its end. */
  folder(): Promise<string>
}

/** Small, so that archives beyond them are quickly made. */
export const ARCHIVES = { max_extracted_size: 1_000_000, max_extracted_files: 100 }

/** What anybody may read: a folder, a file, and what is in no folder. */
export const PUBLISHED = ['published', 'single/a.txt', '/'] as const

const answerOf = async (response: Response): Promise<FileAnswer> => {
  const bytes = Buffer.from(await response.arrayBuffer())
  const text = bytes.toString('utf8')
  const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '') && text !== ''
  return { status: response.status, headers: response.headers, bytes, text, body: isJson ? JSON.parse(text) : text }
}

/** A form as bytes: the runtime's own stream of a form fails where a reader stops in its middle. */
const sentOf = async (body: Body | undefined) => {
  if (!(body instanceof FormData)) return { body, headers: {} }
  const form = new Response(body)
  const type = form.headers.get('content-type') ?? ''
  return { body: new Uint8Array(await form.arrayBuffer()), headers: { 'content-type': type } }
}

const requestOf = async (call: FileCall, key: string): Promise<Request> => {
  const { method = 'GET', path, query = {}, headers = {} } = call
  const search = new URLSearchParams(query).toString()
  const { body, headers: own } = await sentOf(call.body)
  return new Request(`http://gateway.test/api/v2/files/${path}${search && `?${search}`}`, {
    method,
    headers: { 'x-dreamfactory-api-key': key, ...own, ...headers },
    // A stream is sent before the answer comes, and has to say so.
    ...(body !== undefined && { body, duplex: 'half' }),
  } as RequestInit)
}

export const openFiles = async ({ type, prepare }: FilesConformanceOptions): Promise<FilesContext> => {
  const subject = await prepare()
  const config = { ...subject.config, ...ARCHIVES, public_path: [...PUBLISHED] }
  const gateway = await openGateway({ services: { files: { type, config } } })
  const { files: capabilities } = type.capabilities ?? {}
  assert.ok(capabilities, 'the type declares what its files can do')
  const call = async (asked: FileCall): Promise<FileAnswer> =>
    answerOf(await gateway.gateway.fetch(await requestOf(asked, gateway.governance.keyOf(asked.as ?? EVERYTHING))))
  const given = async (asked: FileCall): Promise<FileAnswer> => {
    const answer = await call(asked)
    assert.ok(
      answer.status < 300,
      `${asked.method ?? 'GET'} ${asked.path}: ${answer.status} ${answer.text.slice(0, 300)}`,
    )
    return answer
  }
  let folders = 0
  return {
    gateway,
    subject,
    capabilities,
    call,
    given,
    async folder() {
      const path = `check-${++folders}/`
      await given({ method: 'POST', path })
      return path
    },
  }
}

export const closeFiles = async ({ gateway, subject }: FilesContext): Promise<void> => {
  await gateway.close()
  await subject.close()
}

/** A call that has to be refused, with this status. */
export const refused = async (context: FilesContext, asked: FileCall, status: number, message = /./): Promise<void> => {
  const answer = await context.call(asked)
  assert.equal(answer.status, status, `${asked.method ?? 'GET'} ${asked.path}: ${answer.text.slice(0, 300)}`)
  assert.match(answer.body.error.message, message)
}

/** What a listing shows, by path. */
export const pathsIn = async (context: FilesContext, path: string, query = {}): Promise<readonly string[]> => {
  const { body } = await context.given({ path, query: { as_list: 'true', ...query } })
  return body.resource
}

export const put = (context: FilesContext, path: string, body: Body, headers = {}): Promise<FileAnswer> =>
  context.given({ method: 'PUT', path, body, headers: { 'content-type': 'text/plain', ...headers } })
