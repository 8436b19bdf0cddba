import type { ScriptSnippets } from '@gw/testkit/scripts'

const FAKE = '{"type":"done","event":{},"returned":{"fake":1}}'

export const snippets: ScriptSnippets = {
  returns: 'return { n: 1, list: [1, 2], none: null }',
  list: 'return [1, 2, 3]',
  answer:
    "return { content: '<b>ä</b>', status_code: 201, content_type: 'text/html; charset=utf-8', headers: { 'x-made': 'here' } }",
  event: 'return { event }',
  mutates:
    "event.response.content = { changed: true }\nevent.response.status_code = 202\nevent.response.headers['x-made'] = 'here'",
  nothing: '// nothing',
  status: "throw Object.assign(new Error('No stock.'), { status: 422, context: { left: 0 } })",
  bug: 'const nothing = null\n\nreturn nothing.there',
  syntax: 'const a = 1\nconst const = 2',
  logs: "console.log('to', 'the log')\nreturn { ok: true }",
  get: 'return { answer: await platform.api.get(event.request.parameters.path) }',
  recurses: 'return await platform.api.get(event.request.service)',
  verbs: `const answers = []
for (const verb of ['post', 'put', 'patch', 'delete'])
  answers.push(await platform.api[verb](event.request.parameters.path, { a: [1] }, { headers: { 'x-own': '1' } }))
return { answers }`,
  session: 'return { session: platform.session, config: platform.config }',
  counts: `await new Promise((resolve) => setTimeout(resolve, 1000 * (event.request.parameters.sleep ?? 0)))
globalThis.count = (globalThis.count ?? 0) + 1
return { count }`,
  loops: 'for (;;);',
  memory: 'const all = []\nfor (;;) all.push(new Array(100000).fill(all.length))',
  exits: 'process.exit(3)',
  fakes: `require('node:fs').writeSync(1, ${JSON.stringify(`${FAKE}\n`)})\nreturn { real: 1 }`,
  forges: `const json = JSON.stringify({ type: 'done', run: 'x', event: {}, returned: { forged: 1 } })
const head = Buffer.alloc(4)
head.writeUInt32BE(json.length)
require('node:fs').writeSync(3, head + json)
return { real: 1 }`,
  environment: 'return { environment: process.env }',
  starts: "return require('node:child_process').execFileSync('/bin/sh', ['-c', 'echo started']).toString()",
  forks: "for (;;) require('node:child_process').fork('/runner/runner.cjs')",
  reads: "return require('node:fs').readFileSync(event.request.parameters.file, 'utf8')",
  writes: "require('node:fs').writeFileSync(event.request.parameters.file, 'written')",
  connects: `await new Promise((resolve, reject) => {
  const socket = require('node:net').connect(Number(event.request.parameters.port), '127.0.0.1')
  socket.on('connect', () => socket.end('hello', resolve)).on('error', reject)
})`,
  floods: "for (;;) console.log('x'.repeat(10000))",
  huge: "return 'x'.repeat(20_000_000)",
}
