/** What a service's own way out is like: the part of the contract that `Host.outgoing` speaks of. Since 1.4. */

/** What is presented and trusted where a connection is encrypted. Texts are PEM. */
export interface OutgoingTls {
  /** Where all this holds (`https://api.example`): a redirect elsewhere sees no certificate and is verified as usual. */
  readonly origins: readonly string[]
  /** Trusted beside the well-known authorities. */
  readonly ca?: string | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
  readonly passphrase?: string | undefined
  /** `false` takes any certificate. Default: true. */
  readonly verify?: boolean | undefined
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3' | undefined
}
export interface OutgoingProxy {
  /** `http://` or `https://`, without credentials. It is an address like any other: the operator may have to open it. */
  readonly url: string
  /** The value of `Proxy-Authorization`. */
  readonly authorization?: string | undefined
}
/** What a service's own connections are like. Times are milliseconds. */
export interface OutgoingOptions {
  readonly tls?: OutgoingTls | undefined
  /** Every call goes through a tunnel to an address that was resolved and judged here. */
  readonly proxy?: OutgoingProxy | undefined
  /** At most so many connections to one origin; further calls wait. Default: any number. */
  readonly connections?: number | undefined
  readonly connectTimeout?: number | undefined
  /** Until the answer begins. Default: five minutes. */
  readonly headersTimeout?: number | undefined
  /** Between two pieces of an answer. Default: five minutes. */
  readonly bodyTimeout?: number | undefined
  readonly maxRedirects?: number | undefined
}
/** A way out with connections of its own. */
export interface Outgoing {
  readonly fetch: (url: string | URL, init?: RequestInit) => Promise<Response>
  /** Ends its connections, also those at work. */
  close(): Promise<void>
}
