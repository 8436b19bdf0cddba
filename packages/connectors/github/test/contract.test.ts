/** Every request that the service sends is one that GitHub's published description of its API has. */

import { runChecks } from '@gw/testkit'
import { closeRepositories, openRepositories, repositoryChecks } from '@gw/testkit/repos'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import github from '../src/index.ts'
import { MISSING, openDescription, type Verdict } from './description.ts'
import { configOf, type Seen, startHost, type TestHost } from './emulator.ts'

/** Left out of the description that is beside the repository, which is about repositories. */
const OTHERS =
  /^\/(?:users\/[^/]+(?:\/installation)?|installation\/repositories|app\/installations\/\d+\/access_tokens)$/

/** Every operation of GitHub's that a call through the service comes to. */
const OPERATIONS = [
  'DELETE /repos/{owner}/{repo}/contents/{path}',
  'GET /repos/{owner}/{repo}',
  'GET /repos/{owner}/{repo}/branches',
  'GET /repos/{owner}/{repo}/branches/{branch}',
  'GET /repos/{owner}/{repo}/commits',
  'GET /repos/{owner}/{repo}/commits/{ref}',
  'GET /repos/{owner}/{repo}/contents/{path}',
  'GET /repos/{owner}/{repo}/issues',
  'GET /repos/{owner}/{repo}/issues/{issue_number}',
  'GET /repos/{owner}/{repo}/issues/{issue_number}/comments',
  'GET /repos/{owner}/{repo}/pulls',
  'GET /repos/{owner}/{repo}/pulls/{pull_number}',
  'GET /repos/{owner}/{repo}/tags',
  'GET /user',
  'GET /user/repos',
  'POST /repos/{owner}/{repo}/git/refs',
  'POST /repos/{owner}/{repo}/issues',
  'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
  'POST /repos/{owner}/{repo}/pulls',
  'PUT /repos/{owner}/{repo}/contents/{path}',
]

describe.skipIf(MISSING)(`the requests to GitHub${MISSING ? ` (skipped: ${MISSING})` : ''}`, () => {
  let host: TestHost
  let judge: (seen: Seen) => Verdict
  beforeAll(async () => {
    const described = openDescription()
    // The root has an empty path, whose slash octokit leaves out.
    judge = (seen) => described({ ...seen, url: seen.url.replace(/\/contents(?=$|\?)/, '/contents/') })
    host = await startHost()
    const subject = { config: configOf(host), repository: 'scripts', defaultBranch: 'main', other: 'notes' }
    const context = await openRepositories({
      type: github,
      prepare: async () => ({ ...subject, close: async () => {} }),
    })
    await runChecks(repositoryChecks, context)
    await context.ask({ path: '_tag/scripts' })
    await closeRepositories(context)
  }, 120_000)
  afterAll(() => host?.close())

  test('of the whole suite are what the description has, without a fault', () => {
    expect(host.seen.length).toBeGreaterThan(200)
    for (const seen of host.seen) {
      const { operation, faults } = judge(seen)
      expect(faults, `${seen.method} ${seen.url} ${seen.body}`).toEqual([])
      if (!operation) expect(seen.url.split('?')[0]).toMatch(OTHERS)
    }
  })

  test('reach every operation that the service uses, and stay below the account', () => {
    const reached = new Set(host.seen.map((seen) => judge(seen).operation))
    expect(OPERATIONS.filter((each) => !reached.has(each))).toEqual([])
    for (const { url } of host.seen)
      expect(url).toMatch(/^\/(?:repos\/octo\/|users\/octo$|users\/octo\?|user$|user\/repos)/)
  })

  test('that have a fault are found', () => {
    const wrong = (method: string, url: string, body = '') =>
      judge({ method, url, body, headers: {}, status: 0 }).faults
    expect(wrong('PUT', '/repos/o/r/contents/a', '{"message":"m"}')).toHaveLength(1)
    expect(wrong('PUT', '/repos/o/r/contents/a', '{"message":1,"content":"","x":1}')).toHaveLength(2)
    expect(wrong('GET', '/repos/o/r/issues?state=maybe')).toHaveLength(1)
    expect(wrong('GET', '/repos/o/r/issues?per_page=x&unknown=1')).toHaveLength(2)
  })
})
