/** The operating system's failures in the family's words (errno(3)). */
import type { FileReason } from '@gw/files'

const BY_CODE: Readonly<Record<string, FileReason>> = {
  EACCES: 'refused',
  EPERM: 'refused',
  EROFS: 'refused',
  EISDIR: 'not_a_file',
  // What was there a moment ago is gone, or is something else now.
  ENOENT: 'not_a_folder',
  ENOTDIR: 'not_a_folder',
  ELOOP: 'not_a_folder',
  ENOTEMPTY: 'not_empty',
  ENAMETOOLONG: 'name_refused',
  EILSEQ: 'name_refused',
  EINVAL: 'name_refused',
  EFBIG: 'too_large',
  ENOSPC: 'full',
  EDQUOT: 'full',
  EMFILE: 'busy',
  ENFILE: 'busy',
  EBUSY: 'busy',
  EIO: 'unreachable',
  ENODEV: 'unreachable',
  ENXIO: 'unreachable',
  ESTALE: 'unreachable',
  ETIMEDOUT: 'timeout',
}

export const codeOf = (error: unknown): string | undefined => {
  const code = typeof error === 'object' && error !== null ? (error as { code?: unknown }).code : undefined
  return typeof code === 'string' ? code : undefined
}

/** Total and pure. */
export const classify = (error: unknown): FileReason | undefined => {
  const code = codeOf(error)
  return code !== undefined && Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined
}

/** Settles like `work`, or with `undefined` where it fails for one of these reasons. */
export const unless = async <T>(codes: readonly string[], work: Promise<T>): Promise<T | undefined> => {
  try {
    return await work
  } catch (error) {
    if (codes.includes(codeOf(error) ?? '')) return undefined
    throw error
  }
}
