/** Bytes as text and back. What is read can be written again, byte for byte. */
import { GwError } from '@gw/core'
import type { Encoding } from './model.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** @returns `undefined` where it is no UTF-8 */
export const asText = (bytes: Uint8Array): string | undefined => {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

/** @param wanted Default: text where it is text. @throws GwError `unprocessable` where it is to be text and is none */
export const encodedContent = (
  bytes: Uint8Array,
  wanted: Encoding | undefined,
): { readonly content: string; readonly encoding: Encoding } => {
  const text = wanted === 'base64' ? undefined : asText(bytes)
  if (text !== undefined) return { content: text, encoding: 'utf-8' }
  if (wanted === 'utf-8')
    throw new GwError('unprocessable', 'The file is not text in UTF-8. Read it with encoding=base64.')
  return { content: Buffer.from(bytes).toString('base64'), encoding: 'base64' }
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** @throws GwError `invalid_request` for what is not of its encoding: nothing is guessed that would be stored */
export const decodedContent = (content: string, encoding: Encoding): Uint8Array => {
  if (encoding === 'utf-8') {
    if (content.isWellFormed()) return Buffer.from(content, 'utf8')
    throw new GwError('invalid_request', 'content has half of a surrogate pair: it is no text.')
  }
  const packed = content.replace(/[\r\n]/g, '')
  if (BASE64.test(packed)) return Buffer.from(packed, 'base64')
  throw new GwError('invalid_request', 'content is not in base64, as encoding says.')
}
