/// <reference path="./pg-values.d.ts" />
/**
 * Statements on a connection that `pg` has opened (TCP, TLS, authentication): the extended protocol, spoken here, so
 * that rows can be read as the bytes they came in. Questions may be asked without waiting for the answers before;
 * each ends with a Sync of its own, so that one that fails takes none with it. Between questions `pg` can use the
 * connection as if nothing were: what the server sends then is handed on to it.
 */
import type { Socket } from 'node:net'
import type { ClientBase } from 'pg'
import utils from 'pg/lib/utils.js'
import { serialize } from 'pg-protocol'
import { databaseError } from './failure.ts'
import { type Frames, frames } from './frames.ts'
import { type Bound, MOST_VALUES, Outbox } from './outbox.ts'

export interface Question {
  readonly sql: string
  /** Keeps the statement prepared under this name. */
  readonly name?: string | undefined
  /** Converted as `pg` does it; buffers are sent as binary. */
  readonly binds: readonly unknown[]
  /** Called for each row while it lies in the driver's buffer; it must copy what it keeps. */
  row(bytes: Buffer, start: number, end: number): void
  /** Aborted: see `Wire.abandon`. */
  readonly signal?: AbortSignal | undefined
}

export interface Answer {
  /** The command's tag: `INSERT 0 1`. */
  readonly tag: string
  /** Milliseconds since the answer before it, or since it was asked where none was under way. */
  readonly took: number
}

export interface Wire {
  /** Only where `pg` has nothing under way on the connection: see `whenIdle`. */
  ask(question: Question): Promise<Answer>
  /** Makes the server forget a prepared statement. */
  forget(name: string): void
  /** Questions that are under way. */
  readonly pending: number
  /** Milliseconds for which the first of them has been under way; 0 where there is none. */
  readonly waited: number
  /** Whether it can be asked anything. */
  readonly usable: boolean
  /** Rejects the questions whose signals are aborted; their answers still come, for nobody. */
  abandon(): void
  /**
   * Whether questions are sent at the end of a turn of the event loop, all of it together, rather than as soon as who
   * asks has come to its end. For a connection that many ask at the same time.
   */
  patient: boolean
  /** Reads no more from the server, which then waits, until `resume`. */
  pause(): void
  resume(): void
}

interface Asked {
  readonly question: Question
  /** Whether the server has yet to say that it knows the statement. */
  unparsed: boolean
  /** Whether the server has said that the statement is over. */
  complete: boolean
  resolve(answer: Answer): void
  reject(error: unknown): void
  tag: string
  failure: unknown
}

/** `pg`'s own connection: the socket, and the named statements that the server has, which both ways of asking share. */
interface Connection {
  readonly stream: Socket
  readonly parsedStatements: Record<string, string>
}

// biome-ignore format: reads as a table
const CODE = {
  parseComplete: 0x31, dataRow: 0x44, error: 0x45, copyIn: 0x47, complete: 0x43, empty: 0x49, ready: 0x5a,
} as const
/**
 * What may come besides and is passed over: BindComplete, CloseComplete, notices, parameters, notifications, and a
 * COPY's data.
 */
const PASSED: ReadonlySet<number> = new Set(Array.from('23NSAHdc', (code) => code.charCodeAt(0)))
const EXECUTE_SYNC = Buffer.concat([serialize.execute(), serialize.sync()])
const COPY_FAIL_SYNC = Buffer.concat([serialize.copyFail('not supported'), serialize.sync()])

const boundOf = (value: unknown): Bound => (typeof value === 'string' ? value : utils.prepareValue(value))

const unexpected = (code: number): Error =>
  new Error(`Connection terminated: the server sent a message (${code}) that is no answer to what was asked.`)

const gone = (cause?: unknown): Error => new Error('Connection terminated unexpectedly', { cause })

class ClientWire implements Wire {
  patient = false
  readonly #socket: Socket
  readonly #parsed: Record<string, string>
  readonly #frames: Frames
  readonly #queue: Asked[] = []
  readonly #outbox = new Outbox()
  readonly #flush = (): void => {
    const messages = this.#outbox.take()
    if (!this.#socket.destroyed) this.#socket.write(messages)
  }
  #broken: unknown
  /** When the first question began to be the first. */
  #since = 0

  constructor({ stream, parsedStatements }: Connection) {
    this.#socket = stream
    this.#parsed = parsedStatements
    this.#frames = frames((code, bytes, start, end) => this.#onMessage(code, bytes, start, end))
    const theirs = stream.listeners('data') as ((chunk: Buffer) => void)[]
    for (const listener of theirs) stream.off('data', listener)
    const isOurs = () => this.#queue.length > 0 || this.#frames.partial
    const giveBack = (chunk: Buffer) => {
      for (const listener of theirs) listener(chunk)
    }
    stream.on('data', (chunk: Buffer) => (isOurs() ? this.#take(chunk) : giveBack(chunk)))
    // `pg` keeps what it is given.
    stream.on('lent', (chunk: Buffer) => (isOurs() ? this.#take(chunk) : giveBack(Buffer.from(chunk))))
    stream.on('error', (error) => this.#fail(gone(error)))
    stream.on('close', () => this.#fail(gone()))
  }
  get pending(): number {
    return this.#queue.length
  }
  get waited(): number {
    return this.#queue.length > 0 ? performance.now() - this.#since : 0
  }
  get usable(): boolean {
    return this.#broken === undefined && !this.#socket.destroyed
  }
  ask(question: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (!this.usable) return reject(this.#broken ?? gone())
      const { sql, name = '', binds, signal } = question
      if (signal?.aborted) return reject(signal.reason)
      if (binds.length > MOST_VALUES) return reject(new Error(`A statement can not have ${binds.length} values.`))
      const values = binds.map(boundOf)
      const unparsed = name === '' || !Object.hasOwn(this.#parsed, name)
      this.#schedule()
      if (unparsed) {
        this.#outbox.add(serialize.parse({ text: sql, name }))
        if (name !== '') this.#parsed[name] = sql
      }
      this.#outbox.bind(name, values)
      this.#outbox.add(EXECUTE_SYNC)
      if (this.#queue.length === 0) this.#since = performance.now()
      this.#queue.push({ question, unparsed, complete: false, resolve, reject, tag: '', failure: undefined })
    })
  }
  abandon(): void {
    for (const asked of this.#queue) {
      const { signal } = asked.question
      if (!signal?.aborted) continue
      asked.failure ??= signal.reason
      asked.reject(signal.reason)
    }
  }
  forget(name: string): void {
    if (!Object.hasOwn(this.#parsed, name)) return
    delete this.#parsed[name]
    // Its CloseComplete comes with the answer to the next question.
    this.#schedule()
    this.#outbox.add(serialize.close({ type: 'S', name }))
  }
  pause(): void {
    this.#socket.pause()
  }
  resume(): void {
    this.#socket.resume()
  }

  #schedule(): void {
    if (!this.#outbox.isEmpty) return
    if (this.patient) setImmediate(this.#flush)
    else queueMicrotask(this.#flush)
  }
  #take(chunk: Buffer): void {
    try {
      this.#frames.take(chunk)
    } catch (error) {
      // What follows can not be told apart any more.
      this.#socket.destroy()
      this.#fail(error)
    }
  }
  #onMessage(code: number, bytes: Buffer, start: number, end: number): void {
    const asked = this.#queue[0]
    if (!asked) return
    if (code === CODE.dataRow) {
      if (asked.failure !== undefined) return
      try {
        asked.question.row(bytes, start, end)
      } catch (error) {
        asked.failure = error
      }
    } else if (code === CODE.complete) {
      asked.tag = bytes.toString('latin1', start, end - 1)
      asked.complete = true
    } else if (code === CODE.empty) asked.complete = true
    else if (code === CODE.error) {
      asked.failure ??= databaseError(bytes, start, end)
      asked.complete = true
    } else if (code === CODE.parseComplete) asked.unparsed = false
    // The Sync that was sent before counts as data of the copy.
    else if (code === CODE.copyIn) {
      this.#schedule()
      this.#outbox.add(COPY_FAIL_SYNC)
    }
    // One answer too many, and each caller would get what another one has asked for.
    else if (code === CODE.ready && asked.complete) this.#settle(asked)
    else if (!PASSED.has(code)) throw unexpected(code)
  }
  #settle(asked: Asked): void {
    this.#queue.shift()
    const { question, unparsed, failure } = asked
    const since = this.#since
    this.#since = performance.now()
    if (failure === undefined) asked.resolve({ tag: asked.tag, took: this.#since - since })
    else {
      if (unparsed && question.name !== undefined) delete this.#parsed[question.name]
      asked.reject(failure)
    }
  }
  #fail(error: unknown): void {
    this.#broken ??= error
    for (const { failure, reject } of this.#queue.splice(0)) reject(failure ?? error)
  }
}

const wires = new WeakMap<ClientBase, Wire>()

/** The wire of a connected client: always the same one. */
export const wireOn = (client: ClientBase): Wire => {
  let wire = wires.get(client)
  if (!wire) {
    wire = new ClientWire((client as unknown as { connection: Connection }).connection)
    wires.set(client, wire)
  }
  return wire
}

/**
 * `pg` reports a failure before the server is ready again. Until then nothing may be asked.
 * @returns undefined where it is ready now
 */
export const whenIdle = (client: ClientBase): Promise<void> | undefined => {
  if ((client as unknown as { readyForQuery: boolean }).readyForQuery) return undefined
  return new Promise((resolve, reject) => {
    const settle = (done: () => void) => () => {
      client.off('drain', ready)
      client.off('end', ended)
      done()
    }
    const ready = settle(resolve)
    const ended = settle(() => reject(gone()))
    client.on('drain', ready)
    client.on('end', ended)
  })
}
