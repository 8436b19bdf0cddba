/** A request → a checked message. */
import { type Call, GwError, type Host } from '@gw/core'
import { addressesOf, addressOf } from './addresses.ts'
import { attachmentsOf } from './attachments.ts'
import type { EmailConfig } from './config.ts'
import { type Merged, mergedOf, requestOf } from './merge.ts'
import type { Address, Message } from './message.ts'
import { valuesOf } from './substitute.ts'
import { textsOf } from './texts.ts'

const named = (merged: Merged, email: string, name: string): Address | undefined =>
  merged[email] === undefined ? undefined : addressOf(merged[email], merged[name])

/** @throws GwError `invalid_request`, `not_found` for a template, `too_large`, or what an attachment failed with */
export const compose = async (call: Call, config: EmailConfig, host: Host): Promise<Message> => {
  const { merged, fromTemplate } = await mergedOf(config, host, requestOf(call))
  const values = valuesOf(call.caller, merged)
  const list = (key: string) => addressesOf(merged[key], { splits: fromTemplate(key) })
  const to = list('to')
  if (to.length === 0) throw new GwError('invalid_request', "Invalid email - ''.")
  const texts = textsOf(merged, values)
  const message = {
    from: named(merged, 'from_email', 'from_name'),
    replyTo: named(merged, 'reply_to_email', 'reply_to_name'),
    to,
    cc: list('cc'),
    bcc: list('bcc'),
    ...texts,
    id: call.id,
  }
  if (!message.from)
    throw new GwError(
      'invalid_request',
      "The message has no sender. Send 'from_email', or ask an administrator to set one for the service.",
    )
  const attachments = await attachmentsOf(merged, { call, host, values, limit: config.max_attachment_size })
  if (message.text === undefined && message.html === undefined && attachments.length === 0)
    throw new GwError('invalid_request', "The message is empty. Send 'body_text', 'body_html' or an attachment.")
  return { ...message, attachments }
}
