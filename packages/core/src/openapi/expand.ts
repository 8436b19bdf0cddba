/** Templates and concrete paths: `/_table/{table_name}` becomes `/_table/customers` for each table. */
import type { Endpoint, Resource } from '../contract.ts'
import type { DocumentService } from './types.ts'

/** An endpoint as the document shows it: as it stands, or for one resource. */
export interface DocumentedEndpoint {
  readonly endpoint: Endpoint
  /** OpenAPI's path: without `*`, bound placeholders filled. */
  readonly path: string
  /** What access is asked with. */
  readonly components: readonly string[]
  /** The value of each placeholder that the resource fills. */
  readonly bound: ReadonlyMap<string, string>
  readonly resource?: Resource | undefined
}

const PLACEHOLDER = /^\{([^{}*]+)\}$/

/** The access component of an endpoint, with its placeholders. */
const componentOf = (endpoint: Endpoint): string => endpoint.component ?? endpoint.path.slice(1)

/** The placeholders that a resource fills, or `undefined` where it is no case of the endpoint's component. */
const bind = (endpoint: Endpoint, resource: Resource): Map<string, string> | undefined => {
  const pattern = componentOf(endpoint).split('/')
  const segments = resource.component.split('/')
  if (segments.length > pattern.length) return undefined
  const bound = new Map<string, string>()
  for (const [index, segment] of segments.entries()) {
    const wanted = pattern[index] ?? ''
    const name = PLACEHOLDER.exec(wanted)?.[1]
    if (name !== undefined && segment !== '' && endpoint.path.includes(`{${name}}`)) bound.set(name, segment)
    else if (wanted !== segment) return undefined
  }
  // The resource must end in what it fills: `_table` alone is a case of nothing.
  return PLACEHOLDER.test(pattern[segments.length - 1] ?? '') ? bound : undefined
}

/** Whether an endpoint is described anew for a resource. */
export const isCaseOf = (endpoint: Endpoint, resource: Resource): boolean => bind(endpoint, resource) !== undefined

const fill = (template: string, bound: ReadonlyMap<string, string>, write: (value: string) => string): string =>
  template.replace(/\{([^{}*]+)\*?\}/g, (_placeholder, name: string) => {
    const value = bound.get(name)
    return value === undefined ? `{${name}}` : write(value)
  })

const NOTHING: ReadonlyMap<string, string> = new Map()

const documented = (
  endpoint: Endpoint,
  bound: ReadonlyMap<string, string>,
  resource?: Resource,
): DocumentedEndpoint => {
  const verbatim = (value: string) => value
  const component = fill(componentOf(endpoint), bound, verbatim)
  const path = fill(endpoint.path.slice(1), bound, verbatim)
  return {
    endpoint,
    path: fill(endpoint.path, bound, encodeURIComponent),
    components: path === component ? [component] : [component, path],
    bound,
    resource,
  }
}

/**
 * The endpoints of a service as they are documented, hidden ones left out.
 * @param expand copies an endpoint for each resource that its component matches, or only one that resources refine;
 *   without any it stays a template
 * @returns also whether templates stayed because no resource is known
 */
export const documentedEndpoints = (
  service: DocumentService,
  expand: boolean | 'refined',
): { readonly endpoints: readonly DocumentedEndpoint[]; readonly unexpanded: boolean } => {
  const shown = service.endpoints.filter((endpoint) => !endpoint.hidden)
  // A path written down as such wins over a template that a resource turns into the same path.
  const literal = new Set(service.endpoints.map((endpoint) => `${endpoint.method} ${endpoint.path}`))
  let unexpanded = false
  const endpoints = shown.flatMap((endpoint) => {
    const copied = expand === 'refined' ? endpoint.refine !== undefined : expand
    const cases = copied
      ? service.resources.flatMap((resource) => {
          const bound = bind(endpoint, resource)
          return bound ? [{ resource, bound }] : []
        })
      : []
    if (cases.length === 0) {
      unexpanded ||= copied && endpoint.refine !== undefined && service.resources.length === 0
      return [documented(endpoint, NOTHING)]
    }
    return cases
      .filter(({ resource }) => resource.methods === undefined || resource.methods.includes(endpoint.method))
      .map(({ resource, bound }) => documented(endpoint, bound, resource))
      .filter(({ path }) => !literal.has(`${endpoint.method} ${path}`))
  })
  return { endpoints, unexpanded }
}
