/** Folders and files of a service of the file family. A folder's path ends with a slash; the top is the empty path. */
import { queryOptions, useQuery } from '@tanstack/react-query'
import { ApiError, addressOf, errorOf, request, send } from './client.ts'

export interface Entry {
  /** From the top: `docs/img/`, `docs/readme.txt`. */
  readonly path: string
  readonly name: string
  readonly type: 'folder' | 'file'
  readonly content_type?: string | null
  readonly content_length?: number | null
  readonly last_modified?: string | null
}

const pathOf = (service: string, path: string): string =>
  `${encodeURIComponent(service)}/${path.split('/').map(encodeURIComponent).join('/')}`

export const folderKey = (service: string, folder?: string) =>
  ['files', service, ...(folder === undefined ? [] : [folder])] as const

export const folderOptions = (service: string, folder: string) =>
  queryOptions({
    queryKey: folderKey(service, folder),
    queryFn: async ({ signal }) => {
      const { resource } = await request<{ resource: readonly Entry[] }>(pathOf(service, folder), { signal })
      // Folders first, as people look for them.
      return resource.toSorted((a, b) => Number(a.type === 'file') - Number(b.type === 'file') || byName(a, b))
    },
  })
const byName = (a: Entry, b: Entry): number => a.name.localeCompare(b.name, undefined, { numeric: true })
export const useFolder = (service: string, folder: string) => useQuery(folderOptions(service, folder))

/** @param folder where it is made @throws ApiError where there is such a folder */
export const makeFolder = (service: string, folder: string, name: string): Promise<unknown> =>
  request(pathOf(service, `${folder}${name}/`), { method: 'POST' })

export const removeEntry = (service: string, { path, type }: Entry): Promise<unknown> =>
  request(pathOf(service, path), { method: 'DELETE', query: { force: type === 'folder' || undefined } })

export interface Place {
  readonly folder: string
  readonly name: string
}
interface Outcome {
  readonly resource: readonly { readonly error?: { readonly message: string } }[]
}

/** Copies, or moves where `keep` is false. @throws ApiError with what is wrong, also where the answer as a whole is good */
export const placeEntry = async (service: string, entry: Entry, to: Place, keep: boolean): Promise<void> => {
  const item = { type: entry.type, name: to.name, source_path: entry.path, ...(!keep && { delete_source: true }) }
  const { resource } = await request<Outcome>(pathOf(service, to.folder), {
    method: 'POST',
    body: { resource: [item] },
  })
  const problem = resource[0]?.error
  if (problem) throw new ApiError(problem.message, 400)
}

export interface Reading {
  /** A folder is read as a zip. */
  readonly zip?: boolean
  readonly onProgress?: (bytes: number) => void
  readonly signal?: AbortSignal
}

/** The bytes, which are nobody's page: whoever shows them decides what they are. @throws ApiError */
export const readEntry = async (service: string, path: string, options: Reading = {}): Promise<Blob> => {
  const { zip, onProgress, signal } = options
  const answer = await send(pathOf(service, path), {
    query: { zip, download: zip ? undefined : true },
    headers: { accept: '*/*' },
    ...(signal && { signal }),
  })
  if (!answer.ok) throw errorOf(await answer.json().catch(() => undefined), answer.status)
  let read = 0
  const counted = answer.body?.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(part, controller) {
        read += part.byteLength
        onProgress?.(read)
        controller.enqueue(part)
      },
    }),
  )
  return new Response(counted).blob()
}

export interface Uploading {
  /** Without it, a file that is there stays as it is, and the upload is refused. */
  readonly replace: boolean
  readonly onProgress: (sent: number) => void
  readonly signal: AbortSignal
}

/** By XMLHttpRequest, which alone tells how much has been sent. @throws ApiError */
export const uploadFile = (service: string, folder: string, file: File, options: Uploading): Promise<void> =>
  new Promise((resolve, reject) => {
    const call = new XMLHttpRequest()
    call.open('PUT', addressOf(pathOf(service, `${folder}${file.name}`)))
    call.setRequestHeader('x-gw-session', 'cookie')
    call.setRequestHeader('accept', 'application/json')
    // Bytes as they are: what they hold is told by the name.
    call.setRequestHeader('content-type', 'application/octet-stream')
    if (!options.replace) call.setRequestHeader('if-none-match', '*')
    call.upload.onprogress = ({ loaded }) => options.onProgress(loaded)
    call.onload = () => {
      if (call.status >= 200 && call.status < 300) resolve()
      else reject(errorOf(parsed(call.responseText), call.status))
    }
    call.onerror = () => reject(errorOf(undefined, 0))
    call.onabort = () => reject(options.signal.reason)
    options.signal.addEventListener('abort', () => call.abort(), { once: true })
    call.send(new Blob([file]))
  })

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
