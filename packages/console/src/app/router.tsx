/**
 * Every screen and its address. A screen's module exports `Screen` and is fetched when its page is first opened.
 * Addresses are typed: a link to one that is not in this list does not compile.
 */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import type { ComponentType } from 'react'
import { environmentOptions, sessionOptions } from '../api/session.ts'
import { Crashed, NotFound } from './fallbacks.tsx'
import { Layout } from './layout.tsx'
import { queryClient } from './query-client.ts'

type ScreenModule = () => Promise<{ readonly Screen: ComponentType }>

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound })
/** What is seen only by who has signed in. */
const frame = createRoute({
  getParentRoute: () => root,
  id: 'frame',
  component: Layout,
  beforeLoad: async ({ location: { href } }) => {
    const session = await queryClient.ensureQueryData(sessionOptions)
    if (!session) throw redirect({ to: '/sign-in', search: href === '/' ? {} : { to: href }, replace: true })
  },
})

const screen = <const Path extends string>(path: Path, load: ScreenModule) =>
  createRoute({ getParentRoute: () => frame, path, component: lazyRouteComponent(load, 'Screen') })

const textOrNothing = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** Whether the gateway waits for its first administrator. */
const isNew = async () => (await queryClient.ensureQueryData(environmentOptions)).setup?.open === true

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  /** `to`: where they wanted to go. Only pages of this console are led to. */
  validateSearch: ({ to }): { to?: string } => (/^\/(?!\/)/.test(textOrNothing(to) ?? '') ? { to: String(to) } : {}),
  beforeLoad: async () => {
    if (await isNew()) throw redirect({ to: '/setup', replace: true })
    if (await queryClient.ensureQueryData(sessionOptions)) throw redirect({ to: '/', replace: true })
  },
  component: lazyRouteComponent(() => import('../screens/sign-in/sign-in.tsx'), 'Screen'),
})
const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  beforeLoad: async () => {
    if (!(await isNew())) throw redirect({ to: '/sign-in', replace: true })
  },
  component: lazyRouteComponent(() => import('../screens/setup/setup.tsx'), 'Screen'),
})
const serviceList = createRoute({
  getParentRoute: () => frame,
  path: '/services',
  validateSearch: ({ group }): { group?: string } => (textOrNothing(group) ? { group: String(group) } : {}),
  component: lazyRouteComponent(() => import('../screens/services/service-list.tsx'), 'Screen'),
})
const newService = createRoute({
  getParentRoute: () => frame,
  path: '/services/new',
  /** `from`: the service that is duplicated. */
  validateSearch: ({ type, from }): { type?: string; from?: string } => ({
    ...(textOrNothing(type) && { type: String(type) }),
    ...(textOrNothing(from) && { from: String(from) }),
  }),
  component: lazyRouteComponent(() => import('../screens/services/new-service.tsx'), 'Screen'),
})

const table = createRoute({
  getParentRoute: () => frame,
  path: '/data/$service/$table',
  validateSearch: ({ filter, order, view }): { filter?: string; order?: string; view?: string } => ({
    ...(textOrNothing(filter) && { filter: String(filter) }),
    ...(textOrNothing(order) && { order: String(order) }),
    ...(textOrNothing(view) && { view: String(view) }),
  }),
  component: lazyRouteComponent(() => import('../screens/data/table.tsx'), 'Screen'),
})

const apiDocsSearch = ({
  role,
  expand,
  op,
}: Record<string, unknown>): { role?: string; expand?: boolean; op?: string } => ({
  ...((typeof role === 'string' || typeof role === 'number') && { role: String(role) }),
  ...(expand === true && { expand }),
  ...(textOrNothing(op) && { op: String(op) }),
})
const apiDocs = <const Path extends string>(path: Path) =>
  createRoute({
    getParentRoute: () => frame,
    path,
    validateSearch: apiDocsSearch,
    component: lazyRouteComponent(() => import('../screens/api-docs/api-docs.tsx'), 'Screen'),
  })

const fileFolder = createRoute({
  getParentRoute: () => frame,
  path: '/files/$service',
  /** `path`: the folder, which ends with a slash; the top where there is none. */
  validateSearch: ({ path }): { path?: string } => (textOrNothing(path) ? { path: String(path) } : {}),
  component: lazyRouteComponent(() => import('../screens/files/files.tsx'), 'Screen'),
})

const routeTree = root.addChildren([
  signIn,
  setup,
  frame.addChildren([
    serviceList,
    newService,
    table,
    apiDocs('/api-docs'),
    apiDocs('/api-docs/$service'),
    screen('/files', () => import('../screens/files/file-services.tsx')),
    fileFolder,
    screen('/profile', () => import('../screens/profile/profile.tsx')),
    screen('/data', () => import('../screens/data/databases.tsx')),
    screen('/data/$service', () => import('../screens/data/tables.tsx')),
    screen('/', () => import('../screens/dashboard/dashboard.tsx')),
    screen('/services/$name', () => import('../screens/services/service.tsx')),
    screen('/roles', () => import('../screens/roles/roles.tsx')),
    screen('/roles/$id', () => import('../screens/roles/roles.tsx')),
    screen('/apps', () => import('../screens/apps/apps.tsx')),
    screen('/apps/$id', () => import('../screens/apps/apps.tsx')),
    screen('/users', () => import('../screens/users/users.tsx')),
    screen('/users/$id', () => import('../screens/users/users.tsx')),
    screen('/admins', () => import('../screens/admins/admins.tsx')),
    screen('/admins/$id', () => import('../screens/admins/admins.tsx')),
    screen('/limits', () => import('../screens/limits/limits.tsx')),
    screen('/limits/$id', () => import('../screens/limits/limits.tsx')),
    screen('/lookups', () => import('../screens/lookups/lookups.tsx')),
    screen('/lookups/$id', () => import('../screens/lookups/lookups.tsx')),
    screen('/cors', () => import('../screens/cors/cors.tsx')),
    screen('/cors/$id', () => import('../screens/cors/cors.tsx')),
    screen('/email-templates', () => import('../screens/email-templates/email-templates.tsx')),
    screen('/email-templates/$id', () => import('../screens/email-templates/email-templates.tsx')),
    screen('/event-scripts', () => import('../screens/event-scripts/event-scripts.tsx')),
    screen('/event-scripts/$id', () => import('../screens/event-scripts/event-scripts.tsx')),
    screen('/audit', () => import('../screens/audit/audit.tsx')),
    screen('/logs', () => import('../screens/logs/logs.tsx')),
    screen('/connectors', () => import('../screens/connectors/connectors.tsx')),
    screen('/system', () => import('../screens/system/system.tsx')),
  ]),
])

export const router = createRouter({
  routeTree,
  basepath: '/console',
  defaultErrorComponent: Crashed,
  defaultPreload: 'intent',
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
