/// <reference path="./pg-values.d.ts" />
/** COPY … FROM STDIN (PostgreSQL manual, "COPY", text format): records that are written down beforehand. */
import type { ClientBase, Submittable } from 'pg'
import utils from 'pg/lib/utils.js'

/** What separates values and records, and what escapes them. */
const SPECIAL = /[\\\t\n\r]/
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }
const escaped = (text: string): string =>
  SPECIAL.test(text) ? text.replace(/[\\\t\n\r]/g, (character) => ESCAPES[character]!) : text

/** A value as one to be bound would be sent, but for bytes, which have no binary form here. */
const copyValue = (value: unknown): string => {
  if (typeof value === 'string') return escaped(value)
  if (typeof value === 'number') return String(value)
  if (typeof value === 'boolean') return value ? 't' : 'f'
  if (value === null || value === undefined) return '\\N'
  if (value instanceof Uint8Array)
    return `\\\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`
  return escaped(String(utils.prepareValue(value)))
}

/** Characters of one message: a text of many pieces costs more to put together the longer it gets. */
const CHUNK = 32_768

/** Records in the text format, in pieces. */
export const copyText = (records: readonly (readonly unknown[])[]): Buffer[] => {
  const chunks: Buffer[] = []
  let text = ''
  for (const values of records) {
    for (let at = 0; at < values.length; at++) text += at === 0 ? copyValue(values[0]) : `\t${copyValue(values[at])}`
    text += '\n'
    if (text.length < CHUNK) continue
    chunks.push(Buffer.from(text))
    text = ''
  }
  if (text !== '') chunks.push(Buffer.from(text))
  return chunks
}

/** What `pg` calls while a statement of its client is under way. */
interface Connection {
  query(text: string): void
  sendCopyFromChunk(chunk: Buffer): void
  endCopyFrom(): void
}

class CopyIn implements Submittable {
  readonly #sql: string
  readonly #chunks: readonly Buffer[]
  readonly #settle: { resolve(): void; reject(error: unknown): void }

  constructor(sql: string, chunks: readonly Buffer[], settle: { resolve(): void; reject(error: unknown): void }) {
    this.#sql = sql
    this.#chunks = chunks
    this.#settle = settle
  }
  submit(connection: unknown): void {
    ;(connection as Connection).query(this.#sql)
  }
  handleCopyInResponse(connection: Connection): void {
    for (const chunk of this.#chunks) connection.sendCopyFromChunk(chunk)
    connection.endCopyFrom()
  }
  handleCommandComplete(): void {}
  handleError(error: unknown): void {
    this.#settle.reject(error)
  }
  handleReadyForQuery(): void {
    this.#settle.resolve()
  }
}

/**
 * Runs a COPY … FROM STDIN on a client that `pg` has idle. Rejects with `pg`'s error; the server may then not be
 * ready yet (see `whenIdle`).
 */
export const copyIn = (client: ClientBase, sql: string, chunks: readonly Buffer[]): Promise<void> =>
  new Promise((resolve, reject) => {
    client.query(new CopyIn(sql, chunks, { resolve, reject }))
  })
