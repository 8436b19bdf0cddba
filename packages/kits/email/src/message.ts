/** A message as a provider gets it: checked, substituted, and with its attachments at hand. */
import MailComposer from 'nodemailer/lib/mail-composer'

export interface Address {
  readonly name: string
  /** With the domain in ASCII (punycode). */
  readonly address: string
}

export interface Attachment {
  readonly filename: string
  readonly contentType: string | undefined
  readonly content: Buffer
}

/** Every header value is free of control characters; `to` is never empty. */
export interface Message {
  readonly from: Address | undefined
  readonly replyTo: Address | undefined
  readonly to: readonly Address[]
  readonly cc: readonly Address[]
  readonly bcc: readonly Address[]
  readonly subject: string | undefined
  readonly text: string | undefined
  readonly html: string | undefined
  readonly attachments: readonly Attachment[]
  /** The request's id: the same in the log and in the message's `Message-ID`. */
  readonly id: string
}

/** All who get the message, without repetitions. */
export const recipientsOf = ({ to, cc, bcc }: Message): readonly string[] => [
  ...new Set([...to, ...cc, ...bcc].map(({ address }) => address)),
]

const mutable = (addresses: readonly Address[]) => addresses.map((each) => ({ ...each }))

/**
 * The message in MIME form (RFC 5322), with CRLF line ends. Those who get a blind copy are not named in it.
 * @throws Error where there is no sender
 */
export const mimeOf = async (message: Message): Promise<Buffer> => {
  const { from, replyTo, to, cc, subject, text, html, attachments, id } = message
  if (!from) throw new Error('a message without a sender has no MIME form')
  const domain = from.address.slice(from.address.lastIndexOf('@') + 1)
  const composer = new MailComposer({
    from: { ...from },
    ...(replyTo && { replyTo: { ...replyTo } }),
    to: mutable(to),
    cc: mutable(cc),
    ...(subject !== undefined && { subject }),
    ...(text !== undefined && { text }),
    ...(html !== undefined && { html }),
    attachments: attachments.map(({ filename, contentType, content }) => ({
      filename,
      content,
      ...(contentType && { contentType }),
    })),
    messageId: `<${id}@${domain}>`,
    // What a caller sends is data: no path or URL in it is opened.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return composer.compile().build()
}
