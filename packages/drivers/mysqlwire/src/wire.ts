/**
 * Prepared statements on a connection that `mysql2` has opened (TCP, TLS, authentication): the binary protocol, spoken
 * here, so that rows can be read where they lie. For `mysql2`, all questions that are under way are one command of its
 * queue, between others; among themselves they need not wait for the answers before
 * (https://mariadb.com/kb/en/clientserver-protocol/).
 */
import type { Connection } from 'mysql2'
import { type Column, columnOf, shapeAt } from './columns.ts'
import { serverError } from './failure.ts'
import { Outbox, type Parameter } from './outbox.ts'
import { counted, ERROR, isEnd, MORE_RESULTS, OK } from './packets.ts'
import { cellBounds } from './rows.ts'

/** What takes rows. */
export interface Rows {
  /** Before the first row of a result. */
  begin?(columns: readonly Column[]): void
  /** A row that lies in the driver's buffer: what is kept of it must be copied. `bounds` as `cellBounds` gives them. */
  row(bytes: Buffer, bounds: Int32Array, columns: number): void
}

export interface Question {
  readonly sql: string
  /** Keeps the statement prepared under this name, until it is forgotten. */
  readonly name?: string | undefined
  readonly binds: readonly Parameter[]
  readonly rows: Rows
  /** Aborted: see `Wire.abandon`. */
  readonly signal?: AbortSignal | undefined
}

export interface Answer {
  /** Rows that were changed. */
  readonly affected: number
  /** The value that an insert has generated, as text where a number can't hold it; 0 where there is none. */
  readonly insertId: number | string
  /** Milliseconds since the answer before it, or since it was asked where none was under way. */
  readonly took: number
}

export interface Wire {
  ask(question: Question): Promise<Answer>
  /** Makes the server forget a prepared statement. */
  forget(name: string): void
  /** Milliseconds for which the first question has been under way; 0 where there is none. */
  readonly waited: number
  /** Whether it can be asked anything. */
  readonly usable: boolean
  /** Rejects the questions whose signals are aborted; their answers still come, for nobody. */
  abandon(): void
  /**
   * Whether questions are sent at the end of a turn of the event loop, all of it together, rather than at once. For a
   * connection that many ask at the same time.
   */
  patient: boolean
}

/** A packet of the server's, as `mysql2` has cut it out. */
interface Packet {
  readonly buffer: Buffer
  /** Where its payload begins. */
  readonly offset: number
  readonly end: number
}
/** What `mysql2` asks of its commands. */
interface Command {
  /** Without a packet: it is its turn. @returns whether it has come to its end */
  execute(packet: Packet | undefined): boolean
  /** The connection broke. */
  onResult(error: unknown): void
}
interface CommandQueue {
  addCommand(command: Command): void
  write(bytes: Buffer): void
  /** The number that the server's next packet has. */
  sequenceId: number
  readonly state: string
}

interface Statement {
  readonly sql: string
  readonly name: string | undefined
  /** The server's number for it; absent until it has said so. */
  id: number | undefined
  /** To be closed as soon as nobody waits for it. */
  forgotten: boolean
  /** What it is to be asked when it is prepared. */
  readonly waiting: Asked[]
  shapes: number[]
  columns: readonly Column[]
}

interface Asked {
  readonly question: Question
  resolve(answer: Answer): void
  reject(error: unknown): void
  failure: unknown
  affected: number
  insertId: number | string
}

/** What the server has yet to answer: to prepare a statement, or to run it. */
interface Exchange {
  readonly statement: Statement
  readonly asked: Asked | undefined
}

/** The first packet of an answer; the one of the command was 0. */
const FIRST_ANSWER = 1

const gone = (): Error => Object.assign(new Error('The connection is closed.'), { code: 'PROTOCOL_CONNECTION_LOST' })

class ConnectionWire implements Wire, Command {
  patient = false
  readonly #connection: CommandQueue
  readonly #statements = new Map<string, Statement>()
  readonly #exchanges: Exchange[] = []
  readonly #outbox = new Outbox()
  readonly #flush = (): void => {
    this.#flushing = false
    if (this.#turn && !this.#outbox.isEmpty) this.#connection.write(this.#outbox.take())
  }
  #flushing = false
  /** Whether `mysql2` has been told that there is something to do, and whether it is our turn. */
  #queued = false
  #turn = false
  #broken: unknown
  /** When the first question began to be the first. */
  #since = 0
  /** Where the answer that is being read has come to: how many ends are still to come, and which columns were told. */
  #ends = 0
  #column = 0
  #changed = false
  #inRows = false

  constructor(connection: Connection) {
    this.#connection = connection as unknown as CommandQueue
  }
  get waited(): number {
    return this.#exchanges.length > 0 ? performance.now() - this.#since : 0
  }
  get usable(): boolean {
    return this.#broken === undefined && this.#connection.state === 'authenticated'
  }
  ask(question: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (!this.usable) return reject(this.#broken ?? gone())
      const asked: Asked = { question, resolve, reject, failure: undefined, affected: 0, insertId: 0 }
      const statement = this.#statementOf(question)
      if (statement.id === undefined) statement.waiting.push(asked)
      else this.#execute(statement, statement.id, asked)
    })
  }
  forget(name: string): void {
    const statement = this.#statements.get(name)
    if (!statement) return
    this.#statements.delete(name)
    this.#close(statement)
  }
  abandon(): void {
    for (const { asked, statement } of this.#exchanges)
      for (const one of asked ? [asked] : statement.waiting) {
        const { signal } = one.question
        if (!signal?.aborted) continue
        one.failure ??= signal.reason
        one.reject(signal.reason)
      }
  }

  #statementOf({ sql, name }: Question): Statement {
    const known = name === undefined ? undefined : this.#statements.get(name)
    if (known) return known
    const forgotten = name === undefined
    const statement: Statement = { sql, name, id: undefined, forgotten, waiting: [], shapes: [], columns: [] }
    if (name !== undefined) this.#statements.set(name, statement)
    this.#outbox.prepare(sql)
    this.#expect({ statement, asked: undefined })
    return statement
  }
  #execute(statement: Statement, id: number, asked: Asked): void {
    try {
      this.#outbox.execute(id, asked.question.binds)
    } catch (error) {
      asked.reject(error)
      return
    }
    this.#expect({ statement, asked })
  }
  /** It is not answered. */
  #close(statement: Statement): void {
    statement.forgotten = true
    if (statement.id !== undefined) this.#outbox.close(statement.id)
  }
  #expect(exchange: Exchange): void {
    if (this.#exchanges.length === 0) this.#since = performance.now()
    this.#exchanges.push(exchange)
    if (!this.#queued) {
      this.#queued = true
      this.#connection.addCommand(this)
    } else if (this.#turn) this.#send()
  }
  #send(): void {
    if (!this.patient) this.#flush()
    else if (!this.#flushing) {
      this.#flushing = true
      setImmediate(this.#flush)
    }
  }

  execute(packet: Packet | undefined): boolean {
    if (packet) this.#onPacket(packet.buffer, packet.offset, packet.end)
    else {
      this.#turn = true
      this.#connection.sequenceId = FIRST_ANSWER
      this.#send()
    }
    if (this.#exchanges.length > 0) return false
    this.#flush()
    this.#turn = false
    this.#queued = false
    return true
  }
  onResult(error: unknown): void {
    this.#broken ??= error
    this.#turn = false
    for (const { asked, statement } of this.#exchanges.splice(0))
      for (const { reject } of asked ? [asked] : statement.waiting) reject(error)
  }

  #onPacket(bytes: Buffer, start: number, end: number): void {
    const { statement, asked } = this.#exchanges[0]!
    if (asked) this.#onAnswer(statement, asked, bytes, start, end)
    else this.#onPrepared(statement, bytes, start, end)
  }
  /** What was asked first has been answered. */
  #next(): void {
    this.#exchanges.shift()
    this.#since = performance.now()
    this.#connection.sequenceId = FIRST_ANSWER
  }

  /** A number, and the definitions of parameters and columns, which are told again with each result. */
  #onPrepared(statement: Statement, bytes: Buffer, start: number, end: number): void {
    if (this.#ends === 0) {
      if (bytes[start] === ERROR) {
        this.#refused(statement, serverError(bytes, start, end, statement.sql))
        return
      }
      statement.id = bytes.readUInt32LE(start + 1)
      const [columns, parameters] = [bytes.readUInt16LE(start + 5), bytes.readUInt16LE(start + 7)]
      this.#ends = (columns > 0 ? 1 : 0) + (parameters > 0 ? 1 : 0)
    } else if (isEnd(bytes, start, end)) this.#ends--
    if (this.#ends > 0) return
    for (const asked of statement.waiting.splice(0)) {
      if (asked.failure === undefined) this.#execute(statement, statement.id!, asked)
    }
    this.#next()
    if (statement.forgotten) this.#close(statement)
  }
  #refused(statement: Statement, error: unknown): void {
    const { name } = statement
    if (name !== undefined && this.#statements.get(name) === statement) this.#statements.delete(name)
    for (const { reject } of statement.waiting.splice(0)) reject(error)
    this.#next()
  }

  #onAnswer(statement: Statement, asked: Asked, bytes: Buffer, start: number, end: number): void {
    if (bytes[start] === ERROR && (this.#inRows || this.#ends === 0)) {
      asked.failure ??= serverError(bytes, start, end, statement.sql)
      this.#settle(asked)
    } else if (this.#inRows) this.#onRow(statement, asked, bytes, start, end)
    else if (this.#ends > 0) this.#onColumn(statement, asked, bytes, start, end)
    else if (bytes[start] === OK) {
      const [affected, behind] = counted(bytes, start + 1)
      const [insertId, status] = counted(bytes, behind)
      asked.affected = Number(affected)
      asked.insertId = insertId
      if (!(bytes.readUInt16LE(status) & MORE_RESULTS)) this.#settle(asked)
    } else {
      this.#ends = 1
      this.#column = 0
      this.#changed = false
    }
  }
  #onColumn(statement: Statement, asked: Asked, bytes: Buffer, start: number, end: number): void {
    const { shapes } = statement
    if (!isEnd(bytes, start, end)) {
      const shape = shapeAt(bytes, end)
      this.#changed ||= shapes[this.#column] !== shape
      shapes[this.#column++] = shape
      return
    }
    if (this.#changed || shapes.length !== this.#column) {
      shapes.length = this.#column
      statement.columns = shapes.map(columnOf)
    }
    this.#ends = 0
    this.#inRows = true
    this.#taking(asked, () => asked.question.rows.begin?.(statement.columns))
  }
  #onRow({ columns }: Statement, asked: Asked, bytes: Buffer, start: number, end: number): void {
    if (!isEnd(bytes, start, end)) {
      if (asked.failure !== undefined) return
      try {
        asked.question.rows.row(bytes, cellBounds(bytes, start, end, columns), columns.length)
      } catch (error) {
        asked.failure = error
      }
      return
    }
    this.#inRows = false
    if (!(bytes.readUInt16LE(start + 3) & MORE_RESULTS)) this.#settle(asked)
  }
  #taking(asked: Asked, work: () => void): void {
    try {
      work()
    } catch (error) {
      asked.failure ??= error
    }
  }
  #settle(asked: Asked): void {
    const { failure, affected, insertId } = asked
    const since = this.#since
    this.#inRows = false
    this.#next()
    if (failure === undefined) asked.resolve({ affected, insertId, took: this.#since - since })
    else asked.reject(failure)
  }
}

const wires = new WeakMap<Connection, Wire>()

/** The wire of a connection: always the same one. */
export const wireOn = (connection: Connection): Wire => {
  let wire = wires.get(connection)
  if (!wire) {
    wire = new ConnectionWire(connection)
    wires.set(connection, wire)
  }
  return wire
}
