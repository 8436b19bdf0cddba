/** Which web pages may call from a browser. */
import { Network } from 'lucide-react'
import { type CorsRule, cors as resource } from '../../api/access.ts'
import { describeResource } from '../../components/resource-page/describe.ts'
import { ResourcePage } from '../../components/resource-page/resource-page.tsx'
import { cors as text } from '../../text/access.ts'

const { fields, help } = text

const description = describeResource<CorsRule>({
  resource,
  path: '/cors',
  icon: Network,
  text,
  idOf: ({ id }) => id,
  nameOf: ({ path, origin }) => `${path} (${origin})`,
  columns: [
    { id: 'path', header: fields.path, value: ({ path }) => path, className: 'font-medium' },
    { id: 'origin', header: fields.origin, value: ({ origin }) => origin },
    { id: 'method', header: fields.method, value: ({ method }) => method.join(', '), from: 'md' },
  ],
  active: 'enabled',
  form: {
    type: 'object',
    required: ['path', 'origin'],
    properties: {
      path: { type: 'string', title: fields.path, description: help.path, default: '*' },
      origin: { type: 'string', title: fields.origin, description: help.origin },
      method: {
        type: 'array',
        title: fields.method,
        items: { type: 'string', enum: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] },
        default: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
      },
      header: { type: 'string', title: fields.header, description: help.header, default: '*' },
      exposed_header: { type: 'string', title: fields.exposed, description: help.exposed },
      max_age: { type: 'integer', title: fields.age, minimum: 0, default: 0 },
      supports_credentials: {
        type: 'boolean',
        title: fields.credentials,
        description: help.credentials,
        default: false,
      },
      description: { type: 'string', title: fields.description, maxLength: 255 },
    },
  },
})

export const Screen = () => <ResourcePage of={description} />
