/** OpenAPI over HTTP: `api_docs`, `api_docs/{service}` and `{service}/_spec`, filtered by what the caller may do. */
import { GwError, type Resource } from '../contract.ts'
import { isTrue } from '../formats/index.ts'
import type { Identity } from '../governance.ts'
import { buildDocument, type DocumentService, specResponse } from '../openapi/index.ts'
import { permits, touches } from '../policy/access.ts'
import type { Slot } from '../services/reconcile.ts'
import type { KernelContext } from './context.ts'
import type { Facts } from './exchange.ts'
import { requireRole } from './listing.ts'

/** How long a source may take to list its resources before the document does without them, in ms. */
const CATALOGUE_PATIENCE = 5_000

const describe = async ({ definition, instance }: Slot): Promise<DocumentService | undefined> => {
  if (!instance) return undefined
  const resources: readonly Resource[] = await instance
    .resources(AbortSignal.timeout(CATALOGUE_PATIENCE))
    .catch(() => [])
  return {
    name: definition.name,
    label: definition.label ?? definition.name,
    description: definition.description ?? instance.type.description,
    group: instance.type.group,
    endpoints: instance.service.endpoints,
    resources,
  }
}

export interface DocumentRequest {
  /** One service; without it, all of them. */
  readonly service?: string | undefined
  readonly expand: boolean
  readonly version: '3.1' | '3.0'
  readonly identity?: Identity | undefined
}

/** The document of one service or of all; without an identity, everything is shown (the `gw openapi` command). */
export const documentFor = async (context: KernelContext, request: DocumentRequest): Promise<object> => {
  const { identity, service } = request
  const wanted = [...context.slots.values()].filter(
    ({ definition }) =>
      (service ? definition.name === service : true) && (!identity || touches(identity, definition.name)),
  )
  const services = (await Promise.all(wanted.map(describe))).filter((one) => one !== undefined)
  return buildDocument({
    title: 'gw',
    serverUrl: `${context.settings.basePath}/v2`,
    services,
    single: service !== undefined,
    expand: request.expand,
    version: request.version,
    ...(identity && { allowed: (name, component, method) => permits(identity, name, component, method) }),
  })
}

/** Answers a request for a document. Unknown and forbidden services are one answer. */
export const documentReply = async (
  context: KernelContext,
  facts: Facts,
  identity: Identity,
  service: string | undefined,
): Promise<Response> => {
  requireRole(identity, facts.credentials, 'api_docs')
  if (facts.method !== 'GET') throw new GwError('invalid_request', 'The API documentation can only be read: use GET.')
  const name = service?.toLowerCase()
  const own = facts.api?.service !== 'api_docs'
  if (name !== undefined) {
    const slot = context.slots.get(name)
    if (!slot || !touches(identity, name)) {
      throw new GwError('forbidden', `You do not have access to API Docs for the requested service ${name}.`)
    }
    if (!slot.instance)
      throw new GwError('unavailable', `There are no defined API Docs for the requested service ${name}.`)
  }
  const document = await documentFor(context, {
    service: name,
    expand: own || isTrue(facts.query.expand_schema),
    version: '3.1',
    identity,
  })
  return specResponse(document, facts.query, facts.incoming.headers.get('accept') ?? null)
}
