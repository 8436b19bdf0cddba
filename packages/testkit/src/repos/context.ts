/** What the checks for source control services work with: a gateway with the service, once writable and once not. */
import assert from 'node:assert/strict'
import type { ServiceType } from '@gw/core'
import { type Answer, type Ask, openGateway, type TestGateway } from '../harness.ts'

export interface RepositoriesSubject {
  /** A valid configuration, without `writable`. */
  readonly config: Readonly<Record<string, unknown>>
  /** A repository with a commit on its default branch, which the checks may write to. */
  readonly repository: string
  /** The name of its default branch: not `master`. */
  readonly defaultBranch: string
  /** Another repository of the account. */
  readonly other: string
  close(): Promise<void>
}

export interface RepositoriesConformanceOptions {
  readonly type: ServiceType<any>
  prepare(): Promise<RepositoriesSubject>
}

export interface RepositoriesContext {
  readonly gateway: TestGateway
  readonly subject: RepositoriesSubject
  ask(ask: Ask): Promise<Answer>
  /** A call that has to succeed; its body. */
  given(ask: Ask): Promise<any>
  /** A folder, or a name, of its own for a check. */
  fresh(): string
}

export const openRepositories = async ({
  type,
  prepare,
}: RepositoriesConformanceOptions): Promise<RepositoriesContext> => {
  const subject = await prepare()
  const gateway = await openGateway({
    services: {
      repos: { type, config: { ...subject.config, writable: true } },
      readonly: { type, config: subject.config },
    },
  })
  const ask = (asked: Ask) => gateway.ask({ service: 'repos', ...asked })
  let count = 0
  return {
    gateway,
    subject,
    ask,
    async given(asked) {
      const answer = await ask(asked)
      const call = `${asked.method ?? 'GET'} ${asked.path}`
      assert.ok(answer.status < 300, `${call}: ${answer.status} ${answer.text.slice(0, 400)}`)
      return answer.body
    },
    fresh: () => `check-${++count}`,
  }
}

export const closeRepositories = async ({ gateway, subject }: RepositoriesContext): Promise<void> => {
  await gateway.close()
  await subject.close()
}

/** A call that has to be refused, with this status. */
export const refused = async (
  context: RepositoriesContext,
  asked: Ask,
  status: number,
  message = /./,
): Promise<void> => {
  const answer = await context.ask(asked)
  assert.equal(answer.status, status, `${asked.method ?? 'GET'} ${asked.path}: ${answer.text.slice(0, 400)}`)
  assert.match(answer.body.error.message, message)
}

/** Makes a file; what the call answered. */
export const put = (context: RepositoriesContext, path: string, content: string, more: object = {}): Promise<any> =>
  context.given({
    method: 'POST',
    path: `_file/${context.subject.repository}/${path}`,
    body: { content, message: `Add ${path}`, ...more },
  })
