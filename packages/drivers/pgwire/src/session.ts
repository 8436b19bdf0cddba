/// <reference path="./pg-utils.d.ts" />
/**
 * Statements on a connection that `pg` has opened (TCP, TLS, authentication): the extended protocol, spoken here, so
 * that rows can be read as the bytes they came in. Questions may be asked without waiting for the answers before;
 * each ends with a Sync of its own, so that one that fails takes none with it.
 */
import type { Socket } from 'node:net'
import type { ClientBase } from 'pg'
import utils from 'pg/lib/utils.js'
import { serialize } from 'pg-protocol'
import { databaseError } from './failure.ts'
import { frames } from './frames.ts'

export interface Question {
  readonly sql: string
  /** Keeps the statement prepared under this name. */
  readonly name?: string | undefined
  /** Converted as `pg` does it; buffers are sent as binary. */
  readonly binds: readonly unknown[]
  /** Called for each row while it lies in the driver's buffer; it must copy what it keeps. */
  row(bytes: Buffer, start: number, end: number): void
}

export interface Session {
  /** Resolves with the command's tag: `INSERT 0 1`. */
  ask(question: Question): Promise<string>
  /** Makes the server forget a prepared statement. */
  forget(name: string): void
  /** Questions that are under way. */
  readonly pending: number
  /** Gives the connection back to `pg`. Nothing may be under way. */
  release(): void
}

interface Asked {
  readonly row: Question['row']
  readonly name: string | undefined
  /** Whether the server has yet to say that it knows the statement. */
  unparsed: boolean
  resolve(tag: string): void
  reject(error: unknown): void
  tag: string
  failure: unknown
}

const CODE = { parseComplete: 0x31, dataRow: 0x44, error: 0x45, copyIn: 0x47, complete: 0x43, ready: 0x5a } as const

/** `pg`'s own connection: the socket, and the named statements that the server has, which both ways of asking share. */
interface Connection {
  readonly stream: Socket
  readonly parsedStatements: Record<string, string>
}

const gone = (cause?: unknown): Error => new Error('Connection terminated unexpectedly', { cause })

/**
 * `pg` reports a failure before the server is ready again. Until then the connection is not to be taken over.
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

/** Takes over the connection of a client that is idle, until `release`. */
export const takeOver = (client: ClientBase): Session => {
  const { stream: socket, parsedStatements: parsed } = (client as unknown as { connection: Connection }).connection
  const theirs = socket.listeners('data') as ((chunk: Buffer) => void)[]
  const queue: Asked[] = []
  let written: Buffer[] = []
  let broken: unknown

  const fail = (error: unknown): void => {
    broken ??= error
    for (const asked of queue.splice(0)) asked.reject(error)
  }
  const settle = (): void => {
    const asked = queue.shift()
    if (!asked) return
    if (asked.failure === undefined) asked.resolve(asked.tag)
    else {
      if (asked.unparsed && asked.name !== undefined) delete parsed[asked.name]
      asked.reject(asked.failure)
    }
  }
  const onMessage = (code: number, bytes: Buffer, start: number, end: number): void => {
    const asked = queue[0]
    if (!asked) return
    if (code === CODE.dataRow) {
      if (asked.failure !== undefined) return
      try {
        asked.row(bytes, start, end)
      } catch (error) {
        asked.failure = error
      }
    } else if (code === CODE.complete) asked.tag = bytes.toString('latin1', start, end - 1)
    else if (code === CODE.error) asked.failure ??= databaseError(bytes, start, end)
    else if (code === CODE.parseComplete) asked.unparsed = false
    // The Sync that was sent before counts as data of the copy.
    else if (code === CODE.copyIn) send(serialize.copyFail('not supported'), serialize.sync())
    else if (code === CODE.ready) settle()
  }
  const read = frames(onMessage)
  const onData = (chunk: Buffer): void => {
    try {
      read(chunk)
    } catch (error) {
      // What follows can not be told apart any more.
      socket.destroy()
      fail(error)
    }
  }
  const onError = (error: unknown) => fail(gone(error))
  const onClose = () => fail(gone())
  const attach = (): void => {
    for (const listener of theirs) socket.off('data', listener)
    socket.on('data', onData)
    socket.on('error', onError)
    socket.on('close', onClose)
  }
  const detach = (): void => {
    socket.off('data', onData)
    socket.off('error', onError)
    socket.off('close', onClose)
    for (const listener of theirs) socket.on('data', listener)
  }

  /** Everything that is asked in one turn of the event loop goes out in one write. */
  const flush = (): void => {
    const messages = written
    written = []
    if (messages.length > 0 && !socket.destroyed)
      socket.write(messages.length === 1 ? messages[0]! : Buffer.concat(messages))
  }
  const send = (...messages: Buffer[]): void => {
    if (written.length === 0) queueMicrotask(flush)
    written.push(...messages)
  }

  attach()
  return {
    ask: ({ sql, name, binds, row }) =>
      new Promise((resolve, reject) => {
        if (broken !== undefined || socket.destroyed) return reject(broken ?? gone())
        const parsing = name === undefined || !Object.hasOwn(parsed, name)
        if (parsing) {
          send(serialize.parse({ text: sql, name: name ?? '' }))
          if (name !== undefined) parsed[name] = sql
        }
        send(
          serialize.bind({ statement: name ?? '', values: binds as unknown[], valueMapper: utils.prepareValue }),
          serialize.execute(),
          serialize.sync(),
        )
        queue.push({ row, name, unparsed: parsing, resolve, reject, tag: '', failure: undefined })
      }),
    forget(name) {
      if (!Object.hasOwn(parsed, name)) return
      delete parsed[name]
      // Its CloseComplete comes with the answer to the next question.
      send(serialize.close({ type: 'S', name }))
    },
    get pending() {
      return queue.length
    },
    release: detach,
  }
}
