/** The replies a handler may give. The kernel alone wraps, formats and compresses them. */

const ENCODED = Symbol.for('gw.reply.encoded')
const ROWS = Symbol.for('gw.reply.rows')

/** JSON text that is ready to be sent: rows that never became objects. */
export interface Encoded {
  readonly [ENCODED]: true
  readonly json: string
  /** The same text as UTF-8, where that is what there is; `json` is then made when it is asked for. */
  readonly bytes?: Uint8Array | undefined
  /**
   * Nothing but `bytes` lies in their memory, and nobody keeps them: the kernel gives it back as soon as they are sent.
   * Waiting for the collector instead has it look at everything there is, again and again, for the sake of a few lists.
   */
  readonly owned?: boolean | undefined
}

class EncodedBytes implements Encoded {
  readonly [ENCODED] = true as const
  readonly bytes: Uint8Array
  readonly owned: boolean
  constructor(bytes: Uint8Array, owned: boolean) {
    this.bytes = bytes
    this.owned = owned
  }
  get json(): string {
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength).toString('utf8')
  }
}

/**
 * Wraps JSON text, or its UTF-8, so that the kernel sends it as it is. It must be one valid JSON value.
 * @param owned See `Encoded.owned`; after they are sent, such bytes are gone: an empty view is left.
 */
export const encoded = (json: string | Uint8Array, { owned = false }: Pick<Encoded, 'owned'> = {}): Encoded => {
  if (typeof json === 'string') return { [ENCODED]: true, json }
  if (json instanceof Uint8Array) return new EncodedBytes(json, owned)
  throw new TypeError('Encoded JSON is a text or its UTF-8.')
}

/** A brand check that holds across copies of this package. */
export const isEncoded = (value: unknown): value is Encoded =>
  typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[ENCODED] === true

export type Row = Readonly<Record<string, unknown>>

/** A list: sent as `{"resource": […], "meta": {…}}`, as NDJSON, CSV or XML, as the caller asks. */
export interface Rows {
  readonly [ROWS]: true
  /** Objects at hand, a stream of them (flat memory), or an encoded JSON array. */
  readonly items: readonly unknown[] | AsyncIterable<Row> | Encoded
  readonly meta?: Readonly<Record<string, unknown>> | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** The identifying fields: what `as_list` plucks. */
  readonly identifier?: readonly string[] | undefined
  /** A list of names: without `fields` only the identifier is sent, `fields=*` sends all (database.md §0.5). */
  readonly listing?: boolean | undefined
  /** Sent without the wrapper, unless the request asks for it. */
  readonly bare?: boolean | undefined
}

/** Makes a list reply. */
export const rows = (list: Omit<Rows, typeof ROWS>): Rows => ({ [ROWS]: true, ...list })

export const isRows = (value: unknown): value is Rows =>
  typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[ROWS] === true

/**
 * A handler's answer: a value (arrays are lists and get wrapped, everything else is sent bare), rows, encoded
 * JSON, or a `Response` for streams, redirects and ranges.
 */
export type Reply<T = unknown> = Response | Rows | Encoded | T
