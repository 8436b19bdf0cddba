/** OpenAPI documents of services, filtered by what their reader may do; and `api_docs` over HTTP. */
import { GwError, type Reader, type Reply, type Resource, rows } from '../contract.ts'
import { single } from '../formats/index.ts'
import type { Identity } from '../governance.ts'
import {
  buildDocument,
  type DocumentInput,
  type DocumentService,
  type OpenApiDocument,
  type SpecForm,
  specForm,
  specResponse,
  specText,
} from '../openapi/index.ts'
import { authorize, permits, touches } from '../policy/access.ts'
import type { Slot } from '../services/reconcile.ts'
import { isTrue } from '../truth.ts'
import { actingAs } from './acting.ts'
import type { KernelContext } from './context.ts'
import type { Facts } from './exchange.ts'
import { requireRole } from './listing.ts'
import { accessList } from './root.ts'

/** How long a source may take to list its resources before the document does without them, in ms. */
const CATALOGUE_PATIENCE = 5_000

export interface DocumentRequest extends Pick<DocumentInput, 'expand' | 'wanted' | 'schemes' | 'examples'> {
  /** One service; without it, all of them. */
  readonly service?: string | undefined
  /** Without an identity, everything is shown (the `gw openapi` command). */
  readonly identity?: Identity | undefined
  /** Only asked where the document is made. */
  readonly extensions?: (() => DocumentInput['extensions']) | undefined
  /** Which resources to copy templates for. Absent: all. */
  readonly resources?: ((resource: Resource) => boolean) | undefined
}

/** The services that a document is about. */
const slotsFor = (
  { slots }: KernelContext,
  { service, identity }: Pick<DocumentRequest, 'service' | 'identity'>,
): readonly Slot[] =>
  [...slots.values()].filter(
    ({ definition }) =>
      (service ? definition.name === service : true) && (!identity || touches(identity, definition.name)),
  )

const describe = async (
  { definition, instance }: Slot,
  { resources: wanted, identity }: Pick<DocumentRequest, 'resources' | 'identity'>,
): Promise<{ readonly service: DocumentService; readonly whole: boolean } | undefined> => {
  if (!instance) return undefined
  const resources = await instance.resources(AbortSignal.timeout(CATALOGUE_PATIENCE)).catch(() => undefined)
  const endpoints = (await instance.service.described?.(identity).catch(() => undefined)) ?? instance.service.endpoints
  const service = {
    name: definition.name,
    label: definition.label ?? definition.name,
    description: definition.description ?? instance.type.description,
    group: instance.type.group,
    endpoints,
    resources: wanted ? (resources ?? []).filter(wanted) : (resources ?? []),
  }
  return { service, whole: resources !== undefined }
}

/** Rights as a call would find them: under every spelling of a component. */
const readerOf = ({ slots }: KernelContext, identity: Identity, name: string): Pick<Reader, 'access'> => {
  const service = slots.get(name)?.instance?.service
  return {
    access: (component, method = 'GET') =>
      authorize(identity, {}, name, [...new Set([component, service?.canonical?.(component) ?? component])], method),
  }
}

const documentOf = async (
  context: KernelContext,
  request: DocumentRequest,
): Promise<{ readonly document: OpenApiDocument; readonly whole: boolean }> => {
  const { identity, service, resources: _, extensions, ...rest } = request
  const described = (await Promise.all(slotsFor(context, request).map((slot) => describe(slot, request)))).filter(
    (one) => one !== undefined,
  )
  const build = (services: readonly DocumentService[]) =>
    buildDocument({
      ...rest,
      extensions: extensions?.(),
      title: 'gw',
      serverUrl: `${context.settings.basePath}/v2`,
      services,
      single: service !== undefined,
      version: '3.1',
      ...(identity && {
        allowed: (name, component, method) => permits(identity, name, component, method),
        reader: (name) => readerOf(context, identity, name),
      }),
    })
  const services = described.map((one) => one.service)
  const { document, failed } = withoutBroken(build, services, service !== undefined)
  for (const { name, error } of failed) context.log.error('a service can not be described', { service: name, error })
  return { document, whole: failed.length === 0 && described.every(({ whole }) => whole) }
}

/** Builds the document of those that can be described: what one says of itself must not cost the others theirs. */
const withoutBroken = (
  build: (services: readonly DocumentService[]) => OpenApiDocument,
  services: readonly DocumentService[],
  single: boolean,
) => {
  const failed: { readonly name: string; readonly error: unknown }[] = []
  try {
    return { document: build(services), failed }
  } catch (error) {
    if (single) throw error
  }
  const able = services.filter((service) => {
    try {
      build([service])
      return true
    } catch (error) {
      failed.push({ name: service.name, error })
      return false
    }
  })
  return { document: build(able), failed }
}

/** The document of one service or of all. */
export const documentFor = async (context: KernelContext, request: DocumentRequest): Promise<OpenApiDocument> =>
  (await documentOf(context, request)).document

/**
 * The same as text, kept until a service of it changes.
 * @param variant what tells the request apart from others about the same services for the same reader
 * @param shape what is sent of the document
 */
export const documentText = (
  context: KernelContext,
  request: DocumentRequest,
  { format, version }: SpecForm,
  variant: unknown,
  shape: (document: OpenApiDocument) => object = (document) => document,
): Promise<string> => {
  const revisions = slotsFor(context, request).map(({ instance }) => instance?.revision)
  const key = JSON.stringify([request.service, revisions, format, version, variant])
  return context.documents.text(request.identity, key, async () => {
    const { document, whole } = await documentOf(context, request)
    return { text: specText(shape(document), { format, version }), whole }
  })
}

/** The names of the services that there is a document of, or the components by which they are granted. */
const documented = (context: KernelContext, identity: Identity, asAccessList: boolean): Reply => {
  const names = slotsFor(context, { identity }).flatMap(({ instance, definition }) => (instance ? definition.name : []))
  return rows({ items: asAccessList ? accessList(names, []) : names })
}

/** Answers `api_docs` and `api_docs/{service}`. Unknown and forbidden services are one answer. */
export const documentReply = async (
  context: KernelContext,
  facts: Facts,
  identity: Identity,
  service: string | undefined,
): Promise<Reply> => {
  requireRole(identity, facts.credentials, 'api_docs')
  if (facts.method !== 'GET') throw new GwError('invalid_request', 'The API documentation can only be read: use GET.')
  const asked = single(facts.query.role)
  if (asked !== undefined && !identity.admin)
    throw new GwError('forbidden', 'Only administrators may read the API documentation as a role.')
  const reader = asked === undefined ? identity : await actingAs(context, facts.credentials, asked)
  if (service === undefined && (isTrue(facts.query.as_list) || isTrue(facts.query.as_access_list)))
    return documented(context, reader, isTrue(facts.query.as_access_list))
  const form = specForm(facts.query, facts.incoming.headers.get('accept') ?? null)
  const name = service?.toLowerCase()
  if (name !== undefined) {
    const slot = context.slots.get(name)
    if (!slot || !touches(reader, name)) {
      throw new GwError('forbidden', `You do not have access to API Docs for the requested service ${name}.`)
    }
    if (!slot.instance)
      throw new GwError('unavailable', `There are no defined API Docs for the requested service ${name}.`)
    if (isTrue(facts.query.refresh)) slot.instance.refresh()
  }
  const expand = isTrue(facts.query.expand_schema)
  return specResponse(
    await documentText(context, { service: name, expand, identity: reader }, form, ['docs', expand]),
    form,
  )
}
