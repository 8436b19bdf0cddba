/** The service type `user`: signing in, and what belongs to who is signed in. */
import { defineServiceType, type Endpoint, endpoint, isTrue, type Resource, rows, type ServiceType } from '@gw/core'
import { z } from 'zod'
import { customEndpoints } from './custom.ts'
import type { AccountParts } from './parts.ts'
import { passwordEndpoints } from './password.ts'
import { profileEndpoints } from './profile.ts'
import { registerEndpoints } from './registration.ts'
import { type ExternalSignIn, sessionEndpoints } from './session.ts'
import { userConfig } from './user-config.ts'

const RESOURCES = ['custom', 'password', 'profile', 'register', 'session'] as const

const root: Endpoint = endpoint({
  id: 'getUserResources',
  method: 'GET',
  path: '/',
  tags: ['User'],
  summary: 'List the resources of this service',
  listing: true,
  query: z.looseObject({
    as_access_list: z.string().optional().meta({ description: 'Answer the component names that roles are made of.' }),
  }),
  handle: ({ query }) =>
    isTrue(query.as_access_list)
      ? rows({ items: ['', '*', ...RESOURCES.flatMap((name) => [`${name}/`, `${name}/*`])] })
      : rows({ items: RESOURCES.map((name) => ({ name })), identifier: ['name'], listing: true }),
})

export const userServiceType = (parts: AccountParts, external: ExternalSignIn | undefined): ServiceType =>
  defineServiceType({
    contract: 1,
    name: 'user',
    label: 'User Service',
    description: 'Signing in, one’s own profile and password, registering.',
    group: 'User',
    singleton: true,
    config: userConfig,
    // No row filters or field rules: a role that has some here is refused, not trusted.
    create: (config) => {
      const audience = { admin: false } as const
      return {
        endpoints: [
          root,
          ...sessionEndpoints(parts, {
            ...audience,
            path: '/session',
            name: 'UserSession',
            tag: 'Session',
            ...(external && { external }),
          }),
          ...profileEndpoints(parts, { ...audience, path: '/profile', name: 'UserProfile', tag: 'Profile' }),
          ...passwordEndpoints(parts, {
            ...audience,
            path: '/password',
            name: 'UserPassword',
            tag: 'Password',
            config,
          }),
          ...registerEndpoints(parts, config),
          ...customEndpoints(parts),
        ],
        resources: async (): Promise<readonly Resource[]> =>
          RESOURCES.map((name) => ({ component: name, kind: 'resource' })),
      }
    },
  })
