/** Files that the gateway loads from an address, under the operator's egress rules. */
import { GwError } from '@gw/core'
import { nameOf } from './paths.ts'
import type { Target } from './write.ts'

export interface Imported {
  /** By the address. */
  readonly name: string
  readonly type: string | undefined
  readonly content: AsyncIterable<Uint8Array>
}

const notFound = (cause?: unknown): GwError =>
  new GwError('not_found', 'Invalid URL entered. File not found.', { cause })

const nameIn = ({ pathname }: URL): string => {
  try {
    return decodeURIComponent(nameOf(pathname))
  } catch {
    return nameOf(pathname)
  }
}

/** @throws GwError `forbidden` for an address that is not allowed, `not_found` for one that answers nothing */
export const importFrom = async (address: string, { host, signal }: Target): Promise<Imported> => {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:')
    throw new GwError('invalid_request', 'A file by URL needs an address that begins with https:// or http://.')
  let response: Response
  try {
    response = await host.fetch(url, { signal })
  } catch (error) {
    if (GwError.is(error) || signal.aborted) throw error
    throw notFound(error)
  }
  if (!response.ok) {
    await response.body?.cancel()
    throw notFound()
  }
  const content = response.body ?? new Blob([]).stream()
  return { name: nameIn(url), type: response.headers.get('content-type') ?? undefined, content }
}
