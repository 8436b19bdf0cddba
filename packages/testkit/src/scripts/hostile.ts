/** Scripts that misbehave: each is stopped and named, and nobody else notices. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Check } from '../check.ts'
import type { Running, ScriptsContext } from './context.ts'

const sandbox = ({ sandboxed }: ScriptsContext) => (sandboxed ? undefined : 'this host has no sandbox for scripts')

/** A folder of the gateway's user, with a secret in it. */
const withFolder = async (use: (folder: string, secret: string) => Promise<void>): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'gw-testkit-'))
  const secret = join(folder, 'secret.txt')
  writeFileSync(secret, 'the secret')
  try {
    await use(folder, secret)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A script that stops a worker leaves the service as it was. */
const goesOn = async ({ gateway, ask }: Running): Promise<void> => {
  assert.equal(gateway.services().find(({ name }) => name === 'script')?.state, 'serving')
  assert.equal((await ask({ service: 'echo', path: 'alive' })).status, 200)
}

const stopped = (
  name: string,
  snippet: Parameters<ScriptsContext['using']>[0],
  status: number,
  message: RegExp,
  config: object = {},
): Check<ScriptsContext> => ({
  name,
  run: ({ using }) =>
    using(snippet, { timeout: 20, ...config }, async (running) => {
      for (let times = 0; times < 2; times++) {
        const answer = await running.run()
        assert.equal(answer.status, status, answer.text.slice(0, 500))
        assert.match(answer.body.error.message, message)
        await goesOn(running)
      }
    }),
})

export const hostileChecks: readonly Check<ScriptsContext>[] = [
  stopped('a script without end is stopped with 504', 'loops', 504, /ran for more than 1 seconds/, { timeout: 1 }),
  stopped('a script that takes all memory is stopped with 507', 'memory', 507, /more memory/, { memory_mb: 64 }),
  stopped('a script that ends its process is told so', 'exits', 500, /ended its own process \(exit code 3\)/),
  stopped('a script that floods the log is stopped', 'floods', 500, /wrote more than \d+ bytes to the log/),
  stopped('a result beyond all bounds is refused', 'huge', 500, /gave more than \d+ bytes/, { memory_mb: 512 }),
  stopped('a report in the name of another run ends the worker', 'forges', 500, /a channel that is not its own/),
  {
    name: 'others are served while a script runs without end',
    run: ({ using }) =>
      using('loops', { timeout: 2, max_concurrency: 1 }, async ({ run, ask }) => {
        const [endless, ...others] = await Promise.all([
          run(),
          ...Array.from({ length: 20 }, () => ask({ service: 'echo', path: 'meanwhile' })),
        ])
        assert.equal(endless!.status, 504)
        assert.deepEqual(new Set(others.map(({ status }) => status)), new Set([200]))
      }),
  },
  {
    name: 'a caller who leaves takes the run along',
    run: ({ using }) =>
      using('loops', { timeout: 30 }, async ({ gateway, governance }) => {
        const start = performance.now()
        const key = governance.keyOf({ access: [{ component: '*' }, { component: '' }] })
        const call = gateway.fetch(
          new Request('http://gateway.test/api/v2/script/', { headers: { 'x-dreamfactory-api-key': key } }),
        )
        await new Promise((resolve) => setTimeout(resolve, 300))
        // The service is stopped, and with it what runs.
        await gateway.stop()
        assert.notEqual((await call).status, 200)
        assert.ok(performance.now() - start < 25_000, 'the run was waited for')
      }),
  },
  {
    name: 'what is printed is never taken for a result',
    run: ({ using }) => using('fakes', {}, async ({ run }) => assert.deepEqual((await run()).body, { real: 1 })),
  },
  {
    name: 'the environment holds nothing of the gateway’s',
    async run({ using }) {
      process.env.GW_TESTKIT_CANARY = 'canary-value'
      try {
        await using('environment', {}, async ({ run }) => {
          const { body, text } = await run()
          assert.doesNotMatch(text, /canary-value|GW_TESTKIT/)
          const names = Object.keys(body.environment).filter((name) => !/^(LANG|LC_CTYPE|HOME|PWD|TMPDIR)$/.test(name))
          assert.deepEqual(names, [])
        })
      } finally {
        delete process.env.GW_TESTKIT_CANARY
      }
    },
  },
  {
    name: 'no program can be started',
    requires: sandbox,
    run: ({ using }) =>
      using('starts', {}, async (running) => {
        assert.doesNotMatch((await running.run()).text, /^"?started|:"started/)
        await goesOn(running)
      }),
  },
  {
    name: 'a script that forks without end does not multiply',
    requires: sandbox,
    run: ({ using }) =>
      using('forks', { timeout: 3 }, async (running) => {
        const { status } = await running.run()
        assert.ok(status >= 500, String(status))
        await goesOn(running)
      }),
  },
  {
    name: 'no file of the host can be read',
    requires: sandbox,
    run: ({ using }) =>
      withFolder((folder, secret) =>
        using('reads', {}, async ({ run }) => {
          for (const file of [secret, `${folder}/../${secret.split('/').at(-2)}/secret.txt`, '/proc/self/environ']) {
            const { status, text } = await run({ query: { file } })
            assert.equal(status, 500, text)
            assert.doesNotMatch(text, /the secret/)
          }
          for (const file of ['/etc/passwd', '/etc/hostname', '/root/.bashrc', '/proc/1/cmdline', '/home'])
            assert.notEqual((await run({ query: { file } })).status, 200, file)
        }),
      ),
  },
  {
    name: 'no file of the host can be written',
    requires: sandbox,
    run: ({ using }) =>
      withFolder((folder) =>
        using('writes', {}, async ({ run }) => {
          for (const file of [
            join(folder, 'new.txt'),
            '/usr/lib/new.txt',
            '/runner/new.txt',
            '/etc/new.txt',
            '/new.txt',
          ]) {
            const { status, text } = await run({ query: { file } })
            assert.equal(status, 500, `${file}: ${text}`)
            assert.equal(existsSync(file), false, file)
          }
        }),
      ),
  },
  {
    name: 'no connection can be made',
    requires: sandbox,
    async run({ using }) {
      let connections = 0
      const server = createServer((socket) => {
        connections++
        socket.destroy()
      }).listen(0, '127.0.0.1')
      await once(server, 'listening')
      try {
        await using('connects', { timeout: 10 }, async (running) => {
          const { port } = server.address() as AddressInfo
          assert.notEqual((await running.run({ query: { port } })).status, 200)
          await goesOn(running)
        })
        assert.equal(connections, 0)
      } finally {
        server.close()
      }
    },
  },
]
