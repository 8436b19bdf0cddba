/** Messages with placeholders. */
import { MailCheck } from 'lucide-react'
import { type EmailTemplate, emailTemplates as resource } from '../../api/automation.ts'
import type { JsonSchema } from '../../api/types.ts'
import { describeResource } from '../../components/resource-page/describe.ts'
import { ResourcePage } from '../../components/resource-page/resource-page.tsx'
import { emailTemplates as text } from '../../text/automation.ts'
import { Preview } from './preview.tsx'

const { fields, help, groups } = text

/** Never folded away. */
const SHOWN = { 'x-group': '' } as const

const people = (title: string): JsonSchema => ({
  type: 'array',
  title,
  'x-group': groups.addresses,
  items: {
    type: 'object',
    required: ['email'],
    properties: { email: { type: 'string', title: fields.address }, name: { type: 'string', title: fields.person } },
  },
})
const address = (title: string): JsonSchema => ({
  type: 'string',
  title,
  description: help.from,
  maxLength: 255,
  'x-group': groups.addresses,
})

const PEOPLE = ['to', 'cc', 'bcc'] as const

/** The API takes an address, a person, or a list of them. */
const peopleIn = (value: unknown): readonly object[] =>
  [value].flat().flatMap((one) => {
    if (typeof one === 'string' && one !== '') return [{ email: one }]
    return typeof one === 'object' && one !== null ? [one] : []
  })

const description = describeResource<EmailTemplate>({
  resource,
  path: '/email-templates',
  icon: MailCheck,
  text,
  idOf: ({ id }) => id,
  nameOf: ({ name }) => name,
  columns: [
    { id: 'name', header: fields.name, value: ({ name }) => name, className: 'font-medium' },
    { id: 'subject', header: fields.subject, value: ({ subject }) => subject, from: 'sm' },
    { id: 'description', header: fields.description, value: (row) => row.description, from: 'md' },
  ],
  form: {
    type: 'object',
    required: ['name'],
    properties: {
      name: { type: 'string', title: fields.name, maxLength: 64, ...SHOWN },
      description: { type: 'string', title: fields.description, maxLength: 255, ...SHOWN },
      subject: { type: 'string', title: fields.subject, description: help.subject, maxLength: 80, ...SHOWN },
      body_html: {
        type: 'string',
        title: fields.html,
        description: help.html,
        contentMediaType: 'text/html',
        ...SHOWN,
      },
      body_text: { type: 'string', title: fields.text, description: help.text, format: 'textarea', ...SHOWN },
      defaults: {
        type: 'object',
        title: fields.defaults,
        description: help.defaults,
        additionalProperties: { type: 'string' },
        ...SHOWN,
      },
      preview: SHOWN,
      to: people(fields.to),
      cc: people(fields.cc),
      bcc: people(fields.bcc),
      from_name: { ...address(fields.fromName), maxLength: 80 },
      from_email: address(fields.fromEmail),
      reply_to_name: { ...address(fields.replyName), maxLength: 80 },
      reply_to_email: address(fields.replyEmail),
    },
  },
  controls: { preview: Preview },
  toForm: (row) => ({ ...row, ...Object.fromEntries(PEOPLE.map((name) => [name, peopleIn(row[name])])) }),
  fromForm: (values) => {
    const own = ['name', 'description', 'subject', 'body_html', 'body_text', 'from_name', 'from_email'] as const
    const listed = PEOPLE.map((name) => [name, peopleIn(values[name]).length > 0 ? values[name] : null])
    const texts = [...own, 'reply_to_name', 'reply_to_email'].map((name) => [name, values[name] || null])
    const defaults = Object.keys((values.defaults ?? {}) as object).length > 0 ? values.defaults : null
    return { ...Object.fromEntries([...texts, ...listed]), defaults }
  },
})

export const Screen = () => <ResourcePage of={description} />
