/** What a store of files has to say for itself; paths, parameters, archives, conditions and errors are the kit's. */
import type { Host, Output, Schema } from '@gw/core'
import type { FilesConfig } from './config.ts'
import type { FileReason } from './failure.ts'

/** What a store can do. A member that is absent is refused politely. */
export interface FileCapabilities {
  /**
   * `real`: folders are things of their own, and those above a new one are made with it. `prefixes`: they are the
   * beginnings of names, as in object stores; the wire contract answers some of their failures otherwise.
   */
  readonly folders: 'real' | 'prefixes'
  /** Gives addresses under which a file is read or written without the gateway for some time. */
  readonly presigned?: boolean
  /** How the wire contract shows dates of this kind of store in listings. Default: as HTTP does. */
  readonly dates?: 'http' | 'iso'
}

declare module '@gw/core' {
  interface Capabilities {
    readonly files?: FileCapabilities
  }
}

export interface FileEntry {
  readonly kind: 'file'
  /** From the service's root, without a slash at either end. */
  readonly path: string
  /** bytes */
  readonly size: number
  readonly modified: Date | undefined
  /** Strong, in its quotes: another one whenever the bytes are others. */
  readonly etag: string | undefined
  /** The media type that the store keeps. Absent: what the name says. */
  readonly type?: string | undefined
}

export interface FolderEntry {
  readonly kind: 'folder'
  /** From the service's root, with a slash at its end; the root's is empty. */
  readonly path: string
  readonly modified?: Date | undefined
}

export type Entry = FileEntry | FolderEntry

/** Both ends are part of it. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/** One state of a file: what is read is of the bytes that `entry` is about, or fails. */
export interface OpenFile {
  readonly entry: FileEntry
  /** Pieces of a file, in order, read as they are asked for. Nobody else keeps them: their memory is given back. */
  read(range?: ByteRange): AsyncIterable<Uint8Array>
  /** Called once, also while `read` is under way. */
  close(): Promise<void>
}

/** What a write depends on: the values of `If-Match` and `If-None-Match`. */
export interface WriteCondition {
  readonly ifMatch?: string | undefined
  readonly ifNoneMatch?: string | undefined
}

export interface WriteOptions {
  readonly type: string
  /** bytes, where it is known beforehand */
  readonly size?: number | undefined
  /** Nobody else keeps the pieces: the store may give their memory back when it is through with them (`release`). */
  readonly owned?: boolean | undefined
  /** To be checked when the file is put in its place: see `checkCondition`. */
  readonly condition: WriteCondition
  readonly signal: AbortSignal
}

/** `folder`: only where nothing is in it, be it hidden from lists; `content`: the folder stays; `all`. */
export type Removal = 'folder' | 'content' | 'all'

export interface PresignOptions {
  readonly to: 'download' | 'upload'
  /** seconds */
  readonly expires: number
  readonly type: string
}

/**
 * Paths are checked before a store sees them: no empty, `.` or `..` segment, no control character, no backslash. A
 * store never leaves its root whatever lies in its way, and never holds a file in memory.
 */
export interface FileStore {
  start?(signal: AbortSignal): Promise<void>
  /** Reaches the store, in bounded time. */
  verify(signal: AbortSignal): Promise<void>
  /** What is at a path, which ends with a slash for a folder; `''` is the root, which is always there. */
  find(path: string, signal: AbortSignal): Promise<Entry | undefined>
  /**
   * What is below a folder, in the order of the bytes of names, a folder before what is in it; names that can not be
   * paths of the kit are left out (`isPath`). Nothing where there is no such folder.
   * @param recursive false: only what is directly in it
   */
  list(folder: string, recursive: boolean, signal: AbortSignal): AsyncIterable<Entry>
  open(path: string, signal: AbortSignal): Promise<OpenFile | undefined>
  /**
   * Stores a file whole or not at all: where the content or the signal fails, nothing is left of it, and what was
   * there before stays. Its folder exists.
   */
  write(path: string, content: AsyncIterable<Uint8Array>, options: WriteOptions): Promise<FileEntry>
  /** @returns whether it was there */
  remove(path: string, condition: WriteCondition, signal: AbortSignal): Promise<boolean>
  /** Makes a folder, and with `real` folders those above it. @returns whether it was not there */
  makeFolder(path: string, signal: AbortSignal): Promise<boolean>
  /** Removes a folder that is empty, all that is in one, or both; see `Removal`. */
  removeFolder(path: string, what: Removal, signal: AbortSignal): Promise<void>
  /** A file, to where none is. Absent: it is read and written. */
  copy?(from: FileEntry, to: string, signal: AbortSignal): Promise<void>
  presign?(path: string, options: PresignOptions): Promise<string>
  close(): Promise<void>
}

export interface FileStoreProvider<S extends Schema<any, FilesConfig> = Schema<any, FilesConfig>> {
  /** The service type's name on the wire: `local_file`. */
  readonly name: string
  readonly aliases?: readonly string[]
  readonly label: string
  readonly description: string
  readonly capabilities: FileCapabilities
  /** An object schema with `filesConfigShape` in it. */
  readonly config: S
  /** No I/O: that begins with `start`. */
  open(config: Output<S>, host: Host): FileStore
  /** Total and pure; `undefined` means "not one I know", and is answered as a fault of the gateway. */
  classify(error: unknown): FileReason | undefined
}
