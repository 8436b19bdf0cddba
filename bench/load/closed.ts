/** Closed-loop load, each connection asking as fast as it is answered: wrk where it is installed (it costs the least CPU itself), else autocannon. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import autocannon from 'autocannon'
import type { System } from '../systems/process.ts'
import type { HttpRequest } from '../workloads.ts'

export interface Load {
  readonly connections: number
  readonly seconds: number
}
export interface Sample {
  readonly requests: number
  readonly perSecond: number
  /** ms */
  readonly p50: number
  readonly p99: number
  /** Answers other than 2xx, and connections that broke. */
  readonly failures: number
}
export type Generator = (system: System, requests: readonly HttpRequest[], load: Load) => Promise<Sample>

const run = promisify(execFile)

export const findGenerator = async (): Promise<{ readonly name: string; readonly generate: Generator }> => {
  // wrk prints its version and exits 1.
  const text = await run('wrk', ['--version']).catch((error: { stdout?: string }) => error)
  const version = /wrk [\w.-]+/.exec(text.stdout ?? '')?.[0]
  return version ? { name: version, generate: withWrk } : { name: 'autocannon', generate: withAutocannon }
}

const withWrk: Generator = async (system, requests, { connections, seconds }) => {
  const folder = mkdtempSync(join(tmpdir(), 'gw-bench-'))
  try {
    const script = join(folder, 'load.lua')
    writeFileSync(script, luaOf(system, requests))
    const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '-s', script, system.url]
    const { stdout } = await run('wrk', args)
    return JSON.parse(stdout.split('\n').findLast((line) => line.startsWith('{')) ?? '') as Sample
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Requests are formatted before the run, so that the script costs nothing while it lasts. */
const luaOf = (system: System, requests: readonly HttpRequest[]): string => `
local questions = {}
init = function()
${requests.map(({ method, path, body }) => `  questions[#questions + 1] = wrk.format(${[method, path].map(lua).join(', ')}, ${headersOf(system, body)}, ${body === undefined ? 'nil' : lua(body)})`).join('\n')}
end
local next = 0
request = function()
  next = next % #questions + 1
  return questions[next]
end
done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format('{"requests":%d,"perSecond":%f,"p50":%f,"p99":%f,"failures":%d}\\n',
    summary.requests, summary.requests / summary.duration * 1e6,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
`

const headersOf = (system: System, body: string | undefined): string =>
  `{ ${Object.entries({ ...system.headers, ...(body === undefined ? {} : JSON_BODY) })
    .map(([name, value]) => `[${lua(name)}] = ${lua(value)}`)
    .join(', ')} }`
/** A JSON string is a Lua string, as long as it holds no escapes beyond the quote and the backslash. */
const lua = (text: string): string => JSON.stringify(text)
const JSON_BODY = { 'content-type': 'application/json' }

const withAutocannon: Generator = async (system, requests, { connections, seconds }) => {
  const result = await autocannon({
    url: system.url,
    connections,
    duration: seconds,
    headers: { ...system.headers },
    requests: requests.map(({ method, path, body }) =>
      body === undefined ? { method, path } : { method, path, body, headers: { ...system.headers, ...JSON_BODY } },
    ),
  })
  return {
    requests: result.requests.total,
    perSecond: result.requests.total / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    failures: result.non2xx + result.errors + result.timeouts,
  }
}
