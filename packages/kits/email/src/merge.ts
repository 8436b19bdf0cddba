/** What a message is made of: the service's settings, a template, its defaults and the request, later ones first. */
import { type Call, GwError, type Host } from '@gw/core'
import type { EmailConfig } from './config.ts'

export type Merged = Readonly<Record<string, unknown>>

/** The kind of document that templates are; `@gw/system` keeps them, `gw.config` may hold them. */
export const TEMPLATE_KIND = 'email_template'

/** Keys of a template that name it and are no data. */
const OWN = new Set([
  'id',
  'description',
  'defaults',
  'created_date',
  'last_modified_date',
  'created_by_id',
  'last_modified_by_id',
])

/** What is there: a null or an empty text hides nothing. */
export const given = (values: Readonly<Record<string, unknown>> | null | undefined): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(values ?? {}).filter(([, value]) => value !== undefined && value !== null && value !== ''),
  )

interface Template extends Readonly<Record<string, unknown>> {
  readonly defaults?: Readonly<Record<string, unknown>> | null
}

const templateOf = async (host: Host, { template, template_id }: Merged): Promise<Template | undefined> => {
  const name = given({ template }).template
  const id = given({ template_id }).template_id
  if (name === undefined && id === undefined) return undefined
  const key = name === undefined ? Number(id) : String(name)
  const found = await host.document?.(TEMPLATE_KIND, key)
  if (found !== undefined && found !== null) return found as Template
  throw new GwError(
    'not_found',
    name === undefined
      ? `Email Template id '${String(id).slice(0, 20)}' not found`
      : `Email Template '${String(name).slice(0, 64)}' not found`,
  )
}

/** What a template gives to a message: of its own, and for placeholders. */
export const ofTemplate = (template: Template | undefined): { readonly own: Merged; readonly defaults: Merged } => ({
  own: Object.fromEntries(Object.entries(given(template)).filter(([key]) => !OWN.has(key))),
  defaults: given(template?.defaults),
})

export interface Sources {
  readonly merged: Merged
  /** Whether the addresses are the template's own: those are split at commas. */
  readonly fromTemplate: (key: string) => boolean
}

/**
 * The wire contract's services part, §7.3, with two differences: what a template leaves empty hides nothing, and a
 * parameter that is not active does not count.
 * @throws GwError `not_found` for an unknown template; `invalid_request` where there is nothing at all
 */
export const mergedOf = async (config: EmailConfig, host: Host, request: Merged): Promise<Sources> => {
  const template = await templateOf(host, request)
  const body = given(request)
  if (!template && Object.keys(body).length === 0) throw new GwError('invalid_request', 'No valid data in request.')
  const { from_name, from_email, reply_to_name, reply_to_email, parameters } = config
  const { own, defaults } = ofTemplate(template)
  return {
    merged: {
      ...given({ from_name, from_email, reply_to_name, reply_to_email }),
      ...given(Object.fromEntries(parameters.filter(({ active }) => active).map(({ name, value }) => [name, value]))),
      ...own,
      ...defaults,
      ...body,
    },
    fromTemplate: (key) => !(key in body) && !(key in defaults) && key in own,
  }
}

/** The request's data: its body, or the query where there is no body. */
export const requestOf = (call: Pick<Call, 'body' | 'query'>): Merged => {
  const query = call.query as Merged
  const body = call.body as Merged | undefined
  if (body === undefined || Object.keys(body).length === 0) return query
  const { template, template_id, dry_run } = query
  return { ...body, ...given({ template, template_id, dry_run }) }
}
