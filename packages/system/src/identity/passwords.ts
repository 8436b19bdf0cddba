/** Passwords at rest: argon2id; hashes that were brought along (bcrypt) are still right, and due to be made anew. */
import { type Algorithm, hash as argon2, verify as argon2Verify } from '@node-rs/argon2'
import { verify as bcryptVerify } from '@node-rs/bcrypt'

/** OWASP's second recommendation for argon2id: 19 MiB, two passes. */
const OPTIONS = { algorithm: 2 as Algorithm, memoryCost: 19_456, timeCost: 2, parallelism: 1 }
const BCRYPT = /^\$2[abxy]\$/
/** How a hash with the options above begins. */
const CURRENT = `$argon2id$v=19$m=${OPTIONS.memoryCost},t=${OPTIONS.timeCost},p=${OPTIONS.parallelism}$`
/** A longer text is nobody's password; hashing it would only cost time. */
const LONGEST = 4_096

export const hashPassword = (password: string): Promise<string> => argon2(password, OPTIONS)

/** Whether a hash was made in a way that is not used any more. */
export const isOutdated = (hash: string): boolean => !hash.startsWith(CURRENT)

/** Whether a password is that of a hash. Never throws: a hash that can not be read fits no password. */
export const verifyPassword = async (password: string, hash: string): Promise<boolean> => {
  if (password.length > LONGEST) return false
  const verify = BCRYPT.test(hash) ? bcryptVerify(password, hash) : argon2Verify(hash, password)
  return verify.catch(() => false)
}

/** A hash that no password fits. It is made like any other, so that checking it takes as long. */
let nobody: Promise<string> | undefined

/** Checks as long as for a real account, and says no: whoever is asked about can not be told by the time it takes. */
export const verifyNobody = async (password: string): Promise<false> => {
  nobody ??= hashPassword(crypto.randomUUID())
  await verifyPassword(password, await nobody)
  return false
}
