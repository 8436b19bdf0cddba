/**
 * Matches a resource path to an endpoint of one service. Hono takes no new routes after its first match, and the
 * wire contract tells "no such path" from "no such verb", so each service has its own small tree: literal segments
 * win over placeholders, placeholders over the rest (`{path*}`), of which `{path*}/` takes what ends with a slash.
 */
import type { Endpoint, Method } from '../contract.ts'

/** An endpoint with everything that can be known before a call. */
export interface Route {
  readonly endpoint: Endpoint
  /** Placeholder names in path order. */
  readonly names: readonly string[]
  /** The access component of a call, without slashes at its ends; `undefined` where it is the path itself. */
  readonly component: ((params: Readonly<Record<string, string>>) => string) | undefined
  /** The path with dots, as events name it: `_table.{table_name}`. */
  readonly event: string
}

export interface Match {
  readonly route: Route | undefined
  readonly params: Readonly<Record<string, string>>
  /** Verbs that this path has; empty where there is no such path. */
  readonly methods: readonly Method[]
}

interface Node {
  readonly literals: Map<string, Node>
  placeholder?: Node
  readonly routes: Map<Method, Route>
  readonly rest: Map<Method, Route>
  /** As `rest`, for paths that end with a slash. */
  readonly restFolder: Map<Method, Route>
}

const node = (): Node => ({ literals: new Map(), routes: new Map(), rest: new Map(), restFolder: new Map() })
const NO_PARAMS: Readonly<Record<string, string>> = Object.freeze({})
const NO_METHODS: readonly Method[] = []

const compileRoute = (endpoint: Endpoint): { route: Route; segments: readonly string[] } => {
  const segments = endpoint.path.split('/').filter((segment) => segment !== '')
  const names = segments.flatMap((segment) => (segment.startsWith('{') ? [segment.replace(/[{}*]/g, '')] : []))
  const component =
    endpoint.component === undefined ? undefined : compileTemplate(endpoint.component.replace(/^\/+|\/+$/g, ''))
  return { route: { endpoint, names, component, event: segments.join('.').replaceAll('*}', '}') }, segments }
}

const insert = (root: Node, { route, segments }: ReturnType<typeof compileRoute>): void => {
  let at = root
  for (const segment of segments) {
    if (segment.endsWith('*}')) {
      const rest = route.endpoint.path.endsWith('/') ? at.restFolder : at.rest
      rest.set(route.endpoint.method, route)
      return
    }
    if (segment.startsWith('{')) {
      at.placeholder ??= node()
      at = at.placeholder
      continue
    }
    const next = at.literals.get(segment) ?? node()
    at.literals.set(segment, next)
    at = next
  }
  at.routes.set(route.endpoint.method, route)
}

export interface Router {
  readonly routes: readonly Route[]
  /** `segments` are percent-decoded; a trailing slash matters to `{path*}` only. */
  match(method: Method, segments: readonly string[], trailingSlash: boolean): Match
}

/** Builds the tree. A later endpoint with the same verb and path wins. */
export const createRouter = (endpoints: readonly Endpoint[]): Router => {
  const root = node()
  const compiled = endpoints.map(compileRoute)
  for (const one of compiled) insert(root, one)

  return {
    routes: compiled.map(({ route }) => route),
    match(method, segments, trailingSlash) {
      const values: string[] = []
      const found = walk(root, segments, 0, method, values, trailingSlash)
      if (!found) return { route: undefined, params: NO_PARAMS, methods: methodsAt(root, segments) }
      if (found.names.length === 0) return { route: found, params: NO_PARAMS, methods: NO_METHODS }
      const params: Record<string, string> = {}
      for (let index = 0; index < found.names.length; index++) params[found.names[index]!] = values[index] ?? ''
      return { route: found, params, methods: NO_METHODS }
    },
  }
}

const walk = (
  at: Node,
  segments: readonly string[],
  depth: number,
  method: Method,
  values: string[],
  trailingSlash: boolean,
): Route | undefined => {
  if (depth === segments.length) {
    const route = at.routes.get(method)
    if (route) return route
  } else {
    const segment = segments[depth]!
    const literal = at.literals.get(segment)
    const direct = literal && walk(literal, segments, depth + 1, method, values, trailingSlash)
    if (direct) return direct
    if (at.placeholder) {
      values.push(segment)
      const matched = walk(at.placeholder, segments, depth + 1, method, values, trailingSlash)
      if (matched) return matched
      values.pop()
    }
  }
  const path = segments.slice(depth).join('/')
  const rest = (trailingSlash && path !== '' && at.restFolder.get(method)) || at.rest.get(method)
  if (!rest) return undefined
  values.push(trailingSlash && path !== '' ? `${path}/` : path)
  return rest
}

/** The verbs that a path has, whatever was asked for. */
const methodsAt = (root: Node, segments: readonly string[]): readonly Method[] => {
  const methods = new Set<Method>()
  const visit = (at: Node, depth: number): void => {
    if (depth === segments.length) for (const method of at.routes.keys()) methods.add(method)
    else {
      const literal = at.literals.get(segments[depth]!)
      if (literal) visit(literal, depth + 1)
      if (at.placeholder) visit(at.placeholder, depth + 1)
    }
    for (const rest of [at.rest, at.restFolder]) for (const method of rest.keys()) methods.add(method)
  }
  visit(root, 0)
  return [...methods]
}

/** A function that fills a template's placeholders: `_table/{table_name}` → `_table/customers`. */
export const compileTemplate = (template: string): ((params: Readonly<Record<string, string>>) => string) => {
  // Texts and names by turns.
  const [first = '', ...rest] = template.split(/\{([^}*]+)\*?\}/)
  if (rest.length === 0) return () => template
  return (params) => {
    let filled = first
    for (let at = 0; at < rest.length; at += 2) filled += (params[rest[at]!] ?? '') + rest[at + 1]!
    return filled
  }
}
