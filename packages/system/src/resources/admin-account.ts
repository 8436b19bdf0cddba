/** `system/admin/{session,profile,password}`: what `user/*` is for everyone else. */
import { passwordEndpoints } from '../account/password.ts'
import { profileEndpoints } from '../account/profile.ts'
import { sessionEndpoints } from '../account/session.ts'
import type { SystemResource } from './resource.ts'

const ADMIN = { admin: true, tag: 'Administrators' } as const

export const ADMIN_ACCOUNT: readonly SystemResource[] = [
  {
    name: 'admin/session',
    label: 'Session',
    description: 'Signing in as an administrator.',
    endpoints: ({ account }) => sessionEndpoints(account, { ...ADMIN, path: '/admin/session', name: 'AdminSession' }),
  },
  {
    name: 'admin/profile',
    label: 'Profile',
    description: 'What administrators know and change of themselves.',
    endpoints: ({ account }) => profileEndpoints(account, { ...ADMIN, path: '/admin/profile', name: 'AdminProfile' }),
  },
  {
    name: 'admin/password',
    label: 'Password',
    description: 'A new password for an administrator.',
    endpoints: ({ account }, config) =>
      passwordEndpoints(account, { ...ADMIN, path: '/admin/password', name: 'AdminPassword', config }),
  },
]
