'use strict'
// Runs inside of a worker process: takes orders on file descriptor 3, runs the script, reports what became of it.
const { Socket } = require('node:net')
const Module = require('node:module')
const { inspect } = require('node:util')

const FILE = '/script.js'
const channel = new Socket({ fd: 3, readable: true, writable: true })
// What is sent leaves at once, also while the script never lets go of the processor.
channel._handle?.setBlocking?.(true)

const send = (report) => {
  const json = Buffer.from(JSON.stringify(report))
  const head = Buffer.alloc(4)
  head.writeUInt32BE(json.length)
  channel.write(Buffer.concat([head, json]))
}

/** The script's own line, where the stack names it. */
const lineOf = (error) => {
  const found = /\/script\.js:(\d+)/.exec(String(error?.stack ?? ''))
  return found ? Number(found[1]) : undefined
}

const thrownOf = (error) => {
  if (typeof error !== 'object' || error === null) return { name: 'Error', message: String(error) }
  const status = [error.status_code, error.statusCode, error.status, error.code].find(Number.isInteger)
  const outOfMemory = error instanceof RangeError && /allocation failed|failed to allocate/i.test(error.message)
  return {
    ...(outOfMemory && { kind: 'memory' }),
    name: String(error.name ?? 'Error'),
    message: String(error.message ?? ''),
    line: lineOf(error),
    status,
    context: error.context ?? error.details,
  }
}

/** The run under way. */
let current
let script
let config = {}

const log = (level, args) => {
  const text = args.map((value) => (typeof value === 'string' ? value : inspect(value))).join(' ')
  send({ type: 'log', run: current?.id ?? '', level, text })
}
for (const [name, level] of Object.entries({
  log: 'info',
  info: 'info',
  debug: 'debug',
  trace: 'debug',
  warn: 'warn',
  error: 'error',
}))
  console[name] = (...args) => log(level, args)

/** `platform.api` of one run: promises, and a callback in last place for those who want one. */
const apiOf = (run) => {
  const call = (method) => {
    return (path, ...rest) => {
      const callback = typeof rest.at(-1) === 'function' ? rest.pop() : undefined
      const [payload, options] = rest
      const number = ++run.calls
      const answered = new Promise((resolve) => run.waiting.set(number, resolve))
      send({ type: 'call', run: run.id, call: number, method, path: String(path), payload, options })
      const done = callback ? answered.then((answer) => callback(bodyOf(answer), answer)) : answered
      run.pending.add(done)
      done.then(
        () => run.pending.delete(done),
        () => {},
      )
      return done
    }
  }
  return { get: call('GET'), post: call('POST'), put: call('PUT'), patch: call('PATCH'), delete: call('DELETE') }
}
const bodyOf = ({ content }) => (typeof content === 'string' ? content : JSON.stringify(content))

const load = ({ content, config: given }) => {
  config = given ?? {}
  try {
    // As a module whose first line is the script's first line.
    const holder = new Module(FILE)
    holder.filename = FILE
    holder.paths = []
    holder._compile(`module.exports = async (event, platform) => {${content}\n}`, FILE)
    script = holder.exports
    send({ type: 'ready' })
  } catch (error) {
    send({ type: 'unloadable', error: { ...thrownOf(error), kind: 'syntax' } })
  }
}

/** Those who gave callbacks do not wait by themselves. */
const settled = async ({ pending }) => {
  while (pending.size > 0) await Promise.all(pending)
}

const run = async ({ run: id, event, session }) => {
  const own = { id, calls: 0, waiting: new Map(), pending: new Set() }
  current = own
  try {
    const returned = await script(event, { api: apiOf(own), config, session })
    if (returned === undefined) await settled(own)
    finish(own, { type: 'done', run: id, event, returned })
  } catch (error) {
    finish(own, { type: 'failed', run: id, error: thrownOf(error) })
  }
}

const finish = (own, report) => {
  if (current !== own) return
  try {
    send(report)
  } catch (error) {
    send({ type: 'failed', run: own.id, error: thrownOf(error) })
  }
  current = undefined
}

/** What nobody caught belongs to the run under way. Between runs there is no one to tell. */
const uncaught = (error) => {
  if (current) finish(current, { type: 'failed', run: current.id, error: thrownOf(error) })
}
process.on('uncaughtException', uncaught)
process.on('unhandledRejection', uncaught)

const obey = (order) => {
  if (order.type === 'load') load(order)
  else if (order.type === 'run') void run(order)
  else if (order.run === current?.id) {
    current.waiting.get(order.call)?.(order.answer)
    current.waiting.delete(order.call)
  }
}

let held = Buffer.alloc(0)
channel.on('data', (piece) => {
  held = held.length === 0 ? piece : Buffer.concat([held, piece])
  while (held.length >= 4 && held.length >= 4 + held.readUInt32BE()) {
    const end = 4 + held.readUInt32BE()
    const order = JSON.parse(held.toString('utf8', 4, end))
    held = held.subarray(end)
    obey(order)
  }
})
channel.on('end', () => process.exit(0))
