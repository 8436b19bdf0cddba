/** How large a proof is: `pnpm stress` and `pnpm test` run the same code with other numbers. */

export interface Scale {
  /** Records of the table that is read, and of an import. */
  readonly rows: number
  /** Characters of each record's note. All notes together are more than the process may grow by. */
  readonly note: number
  /** Records of a page of the walk. */
  readonly page: number
  /** Calls whose client leaves. */
  readonly aborts: number
  /** Milliseconds for which a slow reader reads. */
  readonly slow: number
  /** Milliseconds in which the database has to stop for a client that has left. */
  readonly soon: number
}

/** Few wide records. A statement that is not stopped takes a minute, so that how fast the machine is decides nothing. */
export const SHORT: Scale = { rows: 50_000, note: 1_600, page: 1_000, aborts: 300, slow: 1_000, soon: 20_000 }

/** `GW_MILLION_ROWS`, `GW_ABORTS` and `GW_SLOW_SECONDS` make it shorter or longer. */
export const LONG: Scale = {
  rows: Number(process.env.GW_MILLION_ROWS ?? 1_000_000),
  note: 60,
  page: 10_000,
  aborts: Number(process.env.GW_ABORTS ?? 10_000),
  slow: Number(process.env.GW_SLOW_SECONDS ?? 20) * 1_000,
  soon: 1_000,
}

/** Bytes of the file that goes up and down each store. */
export interface FileScale {
  readonly directory: number
  /** The S3 server of the tests puts an object together in its memory. */
  readonly s3: number
}

const MEBIBYTE = 1_048_576

/**
 * More than the process may grow by; of S3 not much more, because its server is in the process of the tests.
 */
export const SHORT_FILES: FileScale = { directory: 200 * MEBIBYTE, s3: 96 * MEBIBYTE }

/** `GW_FILE_GIB` and `GW_S3_MIB` make them smaller or larger. */
export const LONG_FILES: FileScale = {
  directory: Number(process.env.GW_FILE_GIB ?? 5) * 1024 * MEBIBYTE,
  s3: Number(process.env.GW_S3_MIB ?? 1024) * MEBIBYTE,
}
