/**
 * Every screen and its address. A screen's module exports `Screen` and is fetched when its page is first opened.
 * Addresses are typed: a link to one that is not in this list does not compile.
 */
import {
  type AnyRoute,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import type { ComponentType } from 'react'
import { request } from '../api/client.ts'
import { environmentOptions, sessionOptions } from '../api/session.ts'
import { Crashed, NotFound } from './fallbacks.tsx'
import { Layout } from './layout.tsx'
import { queryClient } from './query-client.ts'

type ScreenModule = () => Promise<{ readonly Screen: ComponentType }>

/**
 * A screen that can not be fetched: either nobody is there to give it, which is said as of any call, or the gateway has
 * a newer console by now, and the router loads the page anew.
 */
const screenOf = (load: ScreenModule) =>
  lazyRouteComponent(async () => {
    try {
      return await load()
    } catch (error) {
      await request('system/environment')
      throw error
    }
  }, 'Screen')

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
  createRoute({ getParentRoute: () => frame, path, component: screenOf(load) })
/** A list, and each of its records: one module for both. */
const collection = <const Path extends string>(path: Path, load: ScreenModule) =>
  [screen(path, load), screen(`${path}/$id`, load)] as const

const textOrNothing = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** Whether the gateway waits for its first administrator. */
const isNew = async () => (await queryClient.ensureQueryData(environmentOptions)).setup?.open === true

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  /** `to`: where they wanted to go. Only pages of this console are led to. */
  validateSearch: ({ to }): { to?: string } => (/^\/(?!\/)/.test(textOrNothing(to) ?? '') ? { to: String(to) } : {}),
  beforeLoad: async () => {
    const [open, session] = await Promise.all([isNew(), queryClient.ensureQueryData(sessionOptions)])
    if (open) throw redirect({ to: '/setup', replace: true })
    if (session) throw redirect({ to: '/', replace: true })
  },
  component: screenOf(() => import('../screens/sign-in/sign-in.tsx')),
})
const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  beforeLoad: async () => {
    if (!(await isNew())) throw redirect({ to: '/sign-in', replace: true })
  },
  component: screenOf(() => import('../screens/setup/setup.tsx')),
})
const serviceList = createRoute({
  getParentRoute: () => frame,
  path: '/services',
  validateSearch: ({ group }): { group?: string } => (textOrNothing(group) ? { group: String(group) } : {}),
  component: screenOf(() => import('../screens/services/service-list.tsx')),
})
const newService = createRoute({
  getParentRoute: () => frame,
  path: '/services/new',
  /** `from`: the service that is duplicated. */
  validateSearch: ({ type, from }): { type?: string; from?: string } => ({
    ...(textOrNothing(type) && { type: String(type) }),
    ...(textOrNothing(from) && { from: String(from) }),
  }),
  component: screenOf(() => import('../screens/services/new-service.tsx')),
})

const table = createRoute({
  getParentRoute: () => frame,
  path: '/data/$service/$table',
  validateSearch: ({ filter, order, view }): { filter?: string; order?: string; view?: string } => ({
    ...(textOrNothing(filter) && { filter: String(filter) }),
    ...(textOrNothing(order) && { order: String(order) }),
    ...(textOrNothing(view) && { view: String(view) }),
  }),
  component: screenOf(() => import('../screens/data/table.tsx')),
})

/** Which of its tabs a page shows; the first where there is none. */
const tabSearch = ({ view }: Record<string, unknown>): { view?: string } =>
  textOrNothing(view) ? { view: String(view) } : {}
const database = createRoute({
  getParentRoute: () => frame,
  path: '/data/$service',
  validateSearch: tabSearch,
  component: screenOf(() => import('../screens/data/tables.tsx')),
})
const service = createRoute({
  getParentRoute: () => frame,
  path: '/services/$name',
  validateSearch: tabSearch,
  component: screenOf(() => import('../screens/services/service.tsx')),
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
    component: screenOf(() => import('../screens/api-docs/api-docs.tsx')),
  })

const fileFolder = createRoute({
  getParentRoute: () => frame,
  path: '/files/$service',
  /** `path`: the folder, which ends with a slash; the top where there is none. */
  validateSearch: ({ path }): { path?: string } => (textOrNothing(path) ? { path: String(path) } : {}),
  component: screenOf(() => import('../screens/files/files.tsx')),
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
    database,
    screen('/', () => import('../screens/dashboard/dashboard.tsx')),
    service,
    ...collection('/roles', () => import('../screens/roles/roles.tsx')),
    ...collection('/apps', () => import('../screens/apps/apps.tsx')),
    ...collection('/users', () => import('../screens/users/users.tsx')),
    ...collection('/admins', () => import('../screens/admins/admins.tsx')),
    ...collection('/limits', () => import('../screens/limits/limits.tsx')),
    ...collection('/lookups', () => import('../screens/lookups/lookups.tsx')),
    ...collection('/cors', () => import('../screens/cors/cors.tsx')),
    ...collection('/email-templates', () => import('../screens/email-templates/email-templates.tsx')),
    ...collection('/event-scripts', () => import('../screens/event-scripts/event-scripts.tsx')),
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

/** The script of the page that is opened comes while the gateway is asked who opens it. */
export const fetchOpened = (): void => {
  const routes: Readonly<Record<string, AnyRoute>> = router.routesById
  // What fails is told when the page is to be shown.
  for (const { routeId } of router.matchRoutes(router.latestLocation) as readonly { readonly routeId: string }[])
    void router.loadRouteChunk(routes[routeId]!)?.catch(() => undefined)
}

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
