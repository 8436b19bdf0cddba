import { GwError } from '../errors.ts'
import type { Refusal, Target } from './rules.ts'

const OPEN = 'An operator can open it by adding the host, its address or its network to `allow` in the egress settings.'
const OPEN_BY_ADDRESS = 'An operator can open it by adding its address or network to `allow` in the egress settings.'

// biome-ignore format: reads as a table
const REFUSALS: Readonly<Record<Refusal, string>> = {
  private: `its target is in a private network. ${OPEN}`,
  loopback: `its target is this machine (loopback). ${OPEN}`,
  'carrier-grade NAT': `its target is in a carrier-grade NAT network. ${OPEN}`,
  'link-local': `its target has a link-local address. ${OPEN_BY_ADDRESS}`,
  unspecified: `its target has an unspecified address. ${OPEN_BY_ADDRESS}`,
  multicast: `its target has a multicast or broadcast address. ${OPEN_BY_ADDRESS}`,
  'cloud platform': `its target is a cloud platform's own service. ${OPEN_BY_ADDRESS}`,
  transition: `its target has an IPv6 transition address, which may lead anywhere. ${OPEN_BY_ADDRESS}`,
  reserved: `its target has an address in a reserved range. ${OPEN_BY_ADDRESS}`,
  only: 'its target is not listed in `only` of the egress settings. An operator can add the host, its address or its network there.',
}

/** A refusal by rule. The message names the rule; what it was about is in the cause, for the log. */
export const refused = (reason: string, about?: string): GwError =>
  new GwError('forbidden', `The gateway refused an outgoing call: ${reason}`, about ? { cause: new Error(about) } : {})

export const refusedTarget = (refusal: Refusal, target: Target, addresses: readonly string[] = []): GwError =>
  refused(
    REFUSALS[refusal],
    `egress to ${target.host} port ${target.port}, address ${addresses.join(', ') || 'not resolved'}`,
  )

const TIMEOUTS = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT'])
// biome-ignore format: reads as a table
const UNREACHABLE = new Set([
  'ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'ENODATA', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'UND_ERR_DESTROYED', 'UND_ERR_CLOSED',
])
// biome-ignore format: reads as a table
const UNVERIFIED = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID', 'CERT_UNTRUSTED', 'CERT_REJECTED', 'CERT_REVOKED',
  'INVALID_CA', 'ERR_TLS_CERT_ALTNAME_INVALID',
])
/** What TLS says in an alert (RFC 8446 §6.2), as OpenSSL names it: the other side broke off, and there is no other reason. */
const ALERT = /^ERR_SSL_.*ALERT/

function* causes(error: unknown): Generator<unknown> {
  for (let at = error, depth = 0; at !== undefined && at !== null && depth < 8; depth++) {
    yield at
    at = (at as { cause?: unknown }).cause
  }
}

/**
 * What a failed `fetch` amounts to. Total: whatever it is given, it returns an error to throw.
 *
 * @param signal the caller's: once aborted, its reason is the answer, except that its timeout is `upstream_timeout`.
 */
export const failureOf = (error: unknown, signal: AbortSignal | null | undefined): unknown => {
  if (signal?.aborted) {
    const reason: unknown = signal.reason
    if (!(reason instanceof DOMException && reason.name === 'TimeoutError')) return reason
    return new GwError('upstream_timeout', 'The remote service did not answer in time. Try again later.', {
      cause: reason,
    })
  }
  const chain = [...causes(error)]
  const ours = chain.find((each) => GwError.is(each))
  if (ours) return ours
  const codes = chain.map((each) => String((each as { code?: unknown }).code ?? ''))
  if (codes.some((code) => TIMEOUTS.has(code))) {
    return new GwError('upstream_timeout', 'The remote service did not answer in time. Try again later.', {
      cause: error,
    })
  }
  if (codes.some((code) => UNREACHABLE.has(code))) {
    return new GwError('unavailable', 'The remote service cannot be reached. Check its address, or try again later.', {
      cause: error,
    })
  }
  if (codes.some((code) => UNVERIFIED.has(code))) {
    return new GwError(
      'upstream_failed',
      "The remote service's certificate can not be verified. Check its name and its dates, and add who signed it to the trusted certificates.",
      { cause: error },
    )
  }
  if (codes.some((code) => ALERT.test(code))) {
    return new GwError(
      'upstream_failed',
      'The remote service broke TLS off. Perhaps it wants a client certificate, or another one: check the TLS settings.',
      { cause: error },
    )
  }
  // Since TLS 1.3, who is turned away has been let in first, and hears of the alert only by the end of the connection.
  if (codes.includes('UND_ERR_SOCKET')) {
    return new GwError(
      'upstream_failed',
      'The remote service closed the connection before it had answered. Try again later; one that wants a client certificate does the same.',
      { cause: error },
    )
  }
  // fetch rejects what it cannot send before it connects. The reason may quote a header, so it isn't kept.
  if (chain.length === 1 && error instanceof TypeError && error.message !== 'fetch failed') {
    return new GwError(
      'invalid_request',
      'The outgoing call cannot be sent: its method, headers or body are not valid HTTP.',
    )
  }
  return new GwError('upstream_failed', 'The connection to the remote service failed. Try again later.', {
    cause: error,
  })
}
