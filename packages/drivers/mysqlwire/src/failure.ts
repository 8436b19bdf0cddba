/** Errors that the server reports, in the form in which `mysql2` gives its own. */

export interface ServerError extends Error {
  readonly errno: number
  readonly sqlState: string
  readonly sqlMessage: string
  /** The statement that failed. */
  readonly sql: string
}

const SQL_STATE = { marker: 0x23, length: 5 }

/** Reads an ERR packet (https://mariadb.com/kb/en/err_packet/), whose payload begins at `start`. */
export const serverError = (bytes: Buffer, start: number, end: number, sql: string): ServerError => {
  const errno = bytes.readUInt16LE(start + 1)
  const state = start + 3
  const marked = bytes[state] === SQL_STATE.marker
  const from = marked ? state + 1 + SQL_STATE.length : state
  const message = bytes.toString('utf8', from, end)
  const sqlState = marked ? bytes.toString('latin1', state + 1, from) : ''
  return Object.assign(new Error(message), { errno, sqlState, sqlMessage: message, sql })
}
