/** Passwords at rest: argon2id; hashes that were brought along (bcrypt) are still right, and due to be made anew. */
import { type Algorithm, hash as argon2, verify as argon2Verify } from '@node-rs/argon2'

/** OWASP's second recommendation for argon2id: 19 MiB, two passes. */
const OPTIONS = { algorithm: 2 as Algorithm, memoryCost: 19_456, timeCost: 2, parallelism: 1 }

export const hashPassword = (password: string): Promise<string> => argon2(password, OPTIONS)

/** Whether a password is that of a hash. Never throws: a hash that can not be read fits no password. */
export const verifyPassword = async (password: string, hash: string): Promise<boolean> =>
  argon2Verify(hash, password).catch(() => false)
