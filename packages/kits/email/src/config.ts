/** What every e-mail service's configuration holds, whatever else its provider asks for. */
import { z } from 'zod'

const text = (title: string, description: string) => z.string().min(1).optional().meta({ title, description })

const parameter = z.looseObject({
  name: z.string().min(1).meta({ title: 'Name', description: 'The key, as a request would send it.' }),
  value: z.string().nullish().meta({ title: 'Value', description: 'Its value.' }),
  active: z.boolean().default(true).meta({ title: 'Active', description: 'Set to false to leave it out.' }),
})

/** Spread into a provider's `z.strictObject({ … })`. */
export const emailConfigShape = {
  from_name: text('From Name', 'Who messages come from, where neither a request nor a template says so.'),
  from_email: text('From Email', 'The sender’s address, where neither a request nor a template has one.'),
  reply_to_name: text('Reply To Name', 'Who answers go to, where neither a request nor a template says so.'),
  reply_to_email: text('Reply To Email', 'The address for answers, where neither a request nor a template has one.'),
  parameters: z.array(parameter).default([]).meta({
    title: 'Parameters',
    description: 'Values that requests may leave out: addresses, subject, and what placeholders stand for.',
  }),
  max_attachment_size: z.int().min(0).default(26_214_400).meta({
    title: 'Maximum Attachment Size',
    description: 'How large the attachments of one message may be together, in bytes. Default: 25 MiB.',
  }),
}

export interface EmailConfig {
  readonly from_name?: string | undefined
  readonly from_email?: string | undefined
  readonly reply_to_name?: string | undefined
  readonly reply_to_email?: string | undefined
  readonly parameters: readonly {
    readonly name: string
    readonly value?: string | null | undefined
    readonly active: boolean
  }[]
  readonly max_attachment_size: number
}
