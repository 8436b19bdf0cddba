/**
 * Session tokens: JWT (platform.md §2.3), by jose, which was written for nothing else and knows what may go wrong. One
 * algorithm, keys by `kid`, every claim required. A token that was verified is remembered, so that a request costs no
 * more than looking it up.
 */
import { createHash, randomBytes } from 'node:crypto'
import { GwError } from '@gw/core'
import { errors, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import { LRUCache } from 'lru-cache'
import type { StoredUser } from '../snapshot/users.ts'
import type { SigningKeys } from './signing-keys.ts'

const ALGORITHM = 'HS256'
const ISSUER = 'gw'
/** Seconds by which the clocks of nodes may differ. */
const TOLERANCE = 5
/** Tokens that are remembered. */
const REMEMBERED = 10_000
/** No token of ours is longer. */
const LONGEST = 4_096

/** Times in seconds since 1970. */
export interface Claims {
  readonly user_id: number
  /** Of the e-mail address: a new address ends the session. */
  readonly sub: string
  /** Of the user's sessions, which end all at once when the number grows. */
  readonly epoch: number
  readonly forever: boolean
  readonly jti: string
  /** When the user signed in: refreshing counts from here. */
  readonly iat: number
  readonly exp: number
}

export interface Issued {
  readonly token: string
  readonly claims: Claims
}

export interface Tokens {
  /** @param since seconds since 1970 at which the user signed in; absent: now */
  issue(user: Pick<StoredUser, 'id' | 'email' | 'epoch'>, forever: boolean, since?: number): Promise<Issued>
  /** The claims of a token that this gateway has signed, also of one that has expired. */
  read(token: string): Claims | GwError | Promise<Claims | GwError>
}

/** A digest that the wire contract asks for; nothing depends on its strength, since the token is signed. */
export const subjectOf = (email: string): string => createHash('md5').update(email).digest('hex')

export const invalidToken = (reason: string): GwError => new GwError('unauthenticated', `Invalid token: ${reason}`)

const claimsOf = (payload: JWTPayload): Claims | undefined => {
  const { user_id, sub, epoch, forever, jti, iat, exp } = payload
  const numbers = [user_id, epoch, iat, exp].every(Number.isSafeInteger)
  return numbers && typeof sub === 'string' && typeof jti === 'string' && typeof forever === 'boolean'
    ? ({ user_id, sub, epoch, forever, jti, iat, exp } as Claims)
    : undefined
}

export const isExpired = ({ exp }: Claims): boolean => exp * 1_000 <= Date.now()

interface Remembered {
  readonly claims: Claims
  readonly kid: string
}

/** @param ttl seconds that a token is good for */
export const tokensWith = (keys: SigningKeys, ttl: number): Tokens => {
  const remembered = new LRUCache<string, Remembered>({ max: REMEMBERED })

  const verified = async (token: string): Promise<Claims | GwError> => {
    if (token.length > LONGEST || token.split('.').length !== 3) return invalidToken('Wrong number of segments')
    let used = ''
    const check = async (): Promise<JWTPayload> => {
      try {
        const result = await jwtVerify(
          token,
          ({ kid }) => {
            const key = typeof kid === 'string' ? keys.find(kid) : undefined
            if (!key) throw new errors.JWSSignatureVerificationFailed()
            used = key.kid
            return key.secret
          },
          { algorithms: [ALGORITHM], typ: 'JWT', issuer: ISSUER, clockTolerance: TOLERANCE },
        )
        return result.payload
      } catch (error) {
        // Its signature is right; that it is too old is for whoever asks to judge.
        if (error instanceof errors.JWTExpired) return error.payload
        throw error
      }
    }
    try {
      const claims = claimsOf(await check())
      if (!claims) return invalidToken('A required claim is missing.')
      if (claims.iat > Date.now() / 1_000 + TOLERANCE) return invalidToken('It is of the future.')
      remembered.set(token, { claims, kid: used })
      return claims
    } catch (error) {
      if (error instanceof errors.JWSSignatureVerificationFailed)
        return invalidToken('Token Signature could not be verified.')
      if (error instanceof errors.JOSEError) return invalidToken('It is none of this gateway.')
      throw error
    }
  }

  return {
    async issue({ id, email, epoch }, forever, since) {
      const now = Math.floor(Date.now() / 1_000)
      const { kid, secret } = keys.current()
      const claims: Claims = {
        user_id: id,
        sub: subjectOf(email),
        epoch,
        forever,
        jti: randomBytes(16).toString('base64url'),
        iat: since ?? now,
        exp: now + ttl,
      }
      const token = await new SignJWT({ ...claims, nbf: now })
        .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT', kid })
        .setIssuer(ISSUER)
        .sign(secret)
      return { token, claims }
    },
    read(token) {
      const known = remembered.get(token)
      // A key that was dropped takes everything with it that it has signed.
      if (known && keys.find(known.kid)) return known.claims
      return verified(token)
    },
  }
}
