/** What a request may hold, for validation and for the documents. Any further key is data for placeholders. */
import { z } from 'zod'

const text = (description: string) => z.string().nullish().meta({ description })
const address = z.union([z.string(), z.looseObject({ email: z.string(), name: z.string().nullish() })])
const addresses = (description: string) =>
  z
    .union([address, z.array(address)])
    .nullish()
    .meta({ description, examples: ['ann@mail.example'] })

const templates = {
  template: text('The name of an e-mail template.'),
  template_id: z
    .union([z.string(), z.int()])
    .nullish()
    .meta({ description: 'The id of an e-mail template, where no name is given.' }),
}

export const messageQuery = z.looseObject({
  ...templates,
  template_id: text('The id of an e-mail template, where no name is given.'),
  dry_run: text('true: answer the message in MIME form, and send nothing.'),
})

export const messageBody = z
  .looseObject({
    ...templates,
    dry_run: z.union([z.boolean(), z.string()]).optional().meta({ description: 'As in the query.' }),
    to: addresses('Who it is for: an address, {"email", "name"}, or a list of these.'),
    cc: addresses('Who gets a copy.'),
    bcc: addresses('Who gets a copy without being named.'),
    subject: text('One line.'),
    body_text: text('The message as plain text.'),
    body_html: text('The message as HTML.'),
    from_name: text('The sender’s name.'),
    from_email: text('The sender’s address; by default the template’s, or the service’s.'),
    reply_to_name: text('The name for answers.'),
    reply_to_email: text('The address for answers.'),
    attachment: z.unknown().optional().meta({
      description:
        'URLs, or files of a file service: {"service": "files", "path": "docs/a.pdf"}; one or a list. In a form: files.',
    }),
    import_url: z
      .union([z.string(), z.array(z.string())])
      .optional()
      .meta({ description: 'URLs of attachments, separated by commas, or a list.' }),
    attachments: z
      .array(z.unknown())
      .optional()
      .meta({ description: 'Inline: {"name", "content" in base64, "content_type"}.' }),
  })
  .meta({ description: 'A message. Every other text is what a placeholder of that name stands for.' })
