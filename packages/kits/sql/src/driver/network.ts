/** Failures below any database's protocol: Node's codes of sockets and of TLS. */
import type { Reason } from '@gw/records'

// biome-ignore format: reads as a table
const REASONS: Readonly<Record<string, Reason>> = {
  ECONNREFUSED: 'unreachable', ECONNRESET: 'unreachable', ENOTFOUND: 'unreachable', ETIMEDOUT: 'unreachable',
  EPIPE: 'unreachable', EHOSTUNREACH: 'unreachable', ENETUNREACH: 'unreachable', EAI_AGAIN: 'unreachable',
  ENOENT: 'unreachable', EACCES: 'unreachable',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls', SELF_SIGNED_CERT_IN_CHAIN: 'tls', UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'tls', CERT_HAS_EXPIRED: 'tls', ERR_TLS_CERT_ALTNAME_INVALID: 'tls',
}

/** The reason of an error's `code`; `undefined` where it isn't one of the network's. */
export const networkReason = (code: string): Reason | undefined =>
  Object.hasOwn(REASONS, code) ? REASONS[code] : undefined
