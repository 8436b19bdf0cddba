/** What a provider of e-mail has to say for itself; requests, templates, attachments and errors are the kit's. */
import type { Host, Output, Schema } from '@gw/core'
import type { EmailConfig } from './config.ts'
import type { EmailReason } from './failure.ts'
import type { Message } from './message.ts'

/** What became of a message that the provider took. */
export interface Receipt {
  /** Addresses that were refused while others were taken. */
  readonly rejected: readonly string[]
}

export interface Mailer {
  /**
   * Hands one message over. Resolves only when the provider has taken it; rejects with its own error. Never sends
   * again what may have been taken.
   */
  send(message: Message, signal: AbortSignal): Promise<Receipt>
  /** Reaches the provider and signs in, in bounded time. */
  verify(signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

export interface EmailProvider<S extends Schema<any, EmailConfig> = Schema<any, EmailConfig>> {
  /** The service type's name on the wire: `smtp_email`. */
  readonly name: string
  readonly aliases?: readonly string[]
  readonly label: string
  readonly description: string
  /** An object schema with `emailConfigShape` in it. */
  readonly config: S
  /** No I/O: connections open on first use. */
  open(config: Output<S>, host: Host): Mailer
  /** Total and pure; `undefined` means "not one I know", and is answered as a fault of the gateway. */
  classify(error: unknown): EmailReason | undefined
}
