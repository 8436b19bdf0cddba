/** `system/email_template/_preview`: how a message of a template reads, with sample values. Gw's own. */
import { type Call, type Endpoint, endpoint, GwError } from '@gw/core'
import { previewOf } from '@gw/email/preview'
import { z } from 'zod'
import type { SystemParts } from './resource.ts'

const nullable = (description: string) => z.string().nullish().meta({ description })

const body = z
  .looseObject({
    id: z.int().nullish().meta({ description: 'Of a template that there is: what is not sent is as stored.' }),
    subject: nullable('One line.'),
    body_text: nullable('The message as plain text.'),
    body_html: nullable('The message as HTML.'),
    defaults: z.record(z.string(), z.unknown()).nullish().meta({ description: 'What placeholders stand for.' }),
    values: z
      .record(z.string(), z.unknown())
      .nullish()
      .meta({ description: 'What a request would send for placeholders, instead of samples.' }),
  })
  .meta({ title: 'TemplateToPreview' })
type Given = z.output<typeof body>

const response = z
  .object({
    subject: z.string().nullable(),
    text: z.string().nullable(),
    html: z.string().nullable().meta({ description: 'Values are escaped. Show it where its scripts can not run.' }),
    unknown: z
      .array(z.string())
      .meta({ description: 'Placeholders for which nothing is known: they stay as written.' }),
  })
  .meta({ title: 'TemplatePreview' })

/** What the gateway's own messages have, and somebody who gets one. */
const samplesOf = ({ account: { settings } }: SystemParts) => ({
  name: 'Ann Example',
  first_name: 'Ann',
  last_name: 'Example',
  email: 'ann@mail.example',
  username: 'ann@mail.example',
  code: 'SAMPLE-CODE',
  confirm_code: 'SAMPLE-CODE',
  link: 'https://app.example/confirm?code=SAMPLE-CODE',
  instance_name: settings.name,
})

/** @throws GwError `forbidden` for who may not read templates, `not_found` */
const storedFor = (
  { snapshot }: SystemParts,
  call: Pick<Call, 'access'>,
  { id }: Given,
): Readonly<Record<string, unknown>> => {
  if (id === undefined || id === null) return {}
  call.access('email_template', 'GET')
  const found = snapshot().templates.find((one) => one.id === id)
  if (!found) throw new GwError('not_found', `There is no e-mail template with the id ${id}.`)
  return found
}

export const previewing = (parts: SystemParts): readonly Endpoint[] => [
  endpoint({
    id: 'previewEmailTemplate',
    method: 'POST',
    path: '/email_template/_preview',
    component: 'email_template',
    tags: ['E-mail templates'],
    summary: 'Show how a message reads',
    description:
      'With the values that are sent, those of the template, and samples for the rest. Nothing is sent or kept.',
    body,
    response,
    errors: ['invalid_request', 'forbidden', 'not_found'],
    handle(call) {
      const { id: _, values, ...sent } = call.body
      const template = { ...storedFor(parts, call, call.body), ...sent }
      const {
        subject = null,
        text = null,
        html = null,
        unknown,
      } = previewOf({
        template,
        values: values ?? {},
        samples: samplesOf(parts),
        caller: call.caller,
      })
      return { subject, text, html, unknown: [...unknown] }
    },
  }),
]
