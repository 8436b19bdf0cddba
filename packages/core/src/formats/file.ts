/** Answers to be saved as a file. */

import { isTrue } from '../truth.ts'
import { asksForFile, type Format } from './negotiate.ts'

/** A name that is one path segment and stays inside its quotes: a header is no place for what a client sent raw. */
const safeName = (name: string): string =>
  name
    .toWellFormed()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they end or split headers
    .replace(/[\u0000-\u001f\u007f]/g, '')
    .replace(/[/\\]/g, '_')
    .slice(0, 200)

/**
 * `content-disposition` for `file=name.ext` and `file=true` (which names the file by the resource path).
 * @returns Nothing where no file is asked for.
 */
export const fileHeader = (file: string | undefined, path: string, format: Format): Record<string, string> => {
  if (!asksForFile(file)) return {}
  const own = path.replace(/^\/+|\/+$/g, '') || 'resource'
  const name = safeName(isTrue(file) ? `${own}.${format}` : file)
  const ascii = name.replace(/[^ -~]/g, '_').replace(/["%]/g, "'")
  // RFC 6266: the second form is for names that ASCII cannot hold.
  const extended = /^[ -~]*$/.test(name)
    ? ''
    : `; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, escapeMark)}`
  return { 'content-disposition': `attachment; filename="${ascii}"${extended}` }
}

const escapeMark = (mark: string): string => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`
