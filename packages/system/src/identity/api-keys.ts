/** API keys: random, found by their digest, kept encrypted so that administrators can read them again. */
import { createHash, randomBytes } from 'node:crypto'

/** 64 hexadecimal digits. */
export const newApiKey = (): string => randomBytes(32).toString('hex')

/** SHA-256, hexadecimal: enough for what has 256 random bits. */
export const digestOf = (apiKey: string): string => createHash('sha256').update(apiKey).digest('hex')

/** Whether a key that a client brings may be one (platform.md §3.6). */
export const isApiKey = (value: unknown): value is string =>
  typeof value === 'string' && /^[A-Za-z0-9]{64,255}$/.test(value)
