/** Files into tables. By XMLHttpRequest, which alone tells how much of a file has been taken. */
import { addressOf, errorOf } from './client.ts'
import { tablePath } from './records.ts'

const TYPES: Readonly<Record<string, string>> = {
  csv: 'text/csv',
  ndjson: 'application/x-ndjson',
  jsonl: 'application/x-ndjson',
}
/** @returns what the gateway is told that a file is; nothing where its name does not say */
export const importType = (name: string): string | undefined =>
  TYPES[/\.([a-z]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '']

export interface ImportOptions {
  /** Bytes that have been sent. */
  readonly onProgress: (sent: number) => void
  readonly signal: AbortSignal
}

/** @returns how many rows there were @throws ApiError what the gateway refused; nothing is kept then */
export const importRows = (service: string, table: string, file: File, options: ImportOptions): Promise<number> =>
  new Promise((resolve, reject) => {
    const call = new XMLHttpRequest()
    call.open('POST', addressOf(tablePath(service, table), { stream: true, rollback: true }))
    call.setRequestHeader('x-gw-session', 'cookie')
    call.setRequestHeader('accept', 'application/json')
    call.setRequestHeader('content-type', importType(file.name) ?? 'text/csv')
    call.upload.onprogress = ({ loaded }) => options.onProgress(loaded)
    call.onload = () => {
      const told = parsed(call.responseText)
      if (call.status >= 200 && call.status < 300) resolve(Number((told as { count?: number } | undefined)?.count ?? 0))
      else reject(errorOf(told, call.status))
    }
    call.onerror = () => reject(errorOf(undefined, 0))
    call.onabort = () => reject(options.signal.reason)
    options.signal.addEventListener('abort', () => call.abort(), { once: true })
    call.send(file)
  })

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
