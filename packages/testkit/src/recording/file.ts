/** A recording on the disk: what was asked and answered, in JSON for people to read and for a review to show. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Text where it is text, otherwise base64. */
export interface StoredBody {
  readonly text?: string
  readonly base64?: string
}

export interface Interaction {
  readonly request: {
    readonly method: string
    readonly url: string
    /** To be read by people: a request is found by its method, address and body. */
    readonly headers: Readonly<Record<string, string>>
    readonly body: StoredBody
  }
  readonly response: {
    readonly status: number
    readonly headers: Readonly<Record<string, string>>
    readonly body: StoredBody
  }
}

export interface RecordingFile {
  readonly version: 1
  readonly recorded: string
  readonly interactions: readonly Interaction[]
}

export const storedBody = (bytes: Uint8Array, scrub: (text: string) => string): StoredBody => {
  if (bytes.byteLength === 0) return {}
  try {
    return { text: scrub(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)) }
  } catch {
    return { base64: Buffer.from(bytes).toString('base64') }
  }
}

export const bytesOf = ({ text, base64 }: StoredBody): Uint8Array<ArrayBuffer> =>
  new Uint8Array(text === undefined ? Buffer.from(base64 ?? '', 'base64') : Buffer.from(text, 'utf8'))

/** @throws Error that says how a recording is made */
export const readRecording = async (file: string, name: string): Promise<RecordingFile> => {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    throw new Error(`There is no recording '${name}'. Run the test once with GW_RECORD=1 against the real service.`, {
      cause,
    })
  }
  const found = JSON.parse(text) as RecordingFile
  if (found.version !== 1) throw new Error(`The recording '${name}' is of another version. Record it again.`)
  return found
}

/** Whole or not at all. */
export const writeRecording = async (file: string, recording: RecordingFile): Promise<void> => {
  await mkdir(dirname(file), { recursive: true })
  const beside = `${file}.${process.pid}`
  await writeFile(beside, `${JSON.stringify(recording, null, 2)}\n`)
  await rename(beside, file)
}
