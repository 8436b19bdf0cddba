import { GROUPS } from '../revision.ts'
import { FIRST } from '../tables.ts'
import type { Migration } from './index.ts'

/** Services that are always there; the first two are run by this package, `api_docs` by the core. */
const SERVICES = [
  { name: 'system', type: 'system', label: 'System Management', description: 'Services, roles, apps and users.' },
  { name: 'user', type: 'user', label: 'User Management', description: 'Sign in, and what belongs to a user.' },
  { name: 'api_docs', type: 'swagger', label: 'API Docs', description: 'The documentation of all services.' },
]

const TEMPLATES = [
  {
    name: 'User Invite Default',
    description: 'Sent to those who are invited.',
    subject: 'You are invited to {instance_name}',
    body_html:
      '<p>Hello {first_name},</p><p>you have been invited to {instance_name}. <a href="{link}">Choose a password</a> to begin. Your code is {confirm_code}.</p>',
  },
  {
    name: 'User Registration Default',
    description: 'Sent to those who register.',
    subject: 'Confirm your registration at {instance_name}',
    body_html:
      '<p>Hello {first_name},</p><p><a href="{link}">confirm your address</a> to finish your registration at {instance_name}. Your code is {confirm_code}.</p>',
  },
  {
    name: 'Password Reset Default',
    description: 'Sent to those who have forgotten their password.',
    subject: 'Reset your password at {instance_name}',
    body_html:
      '<p>Hello {first_name},</p><p><a href="{link}">choose a new password</a> for {instance_name}. Your code is {confirm_code}. If you did not ask for this, nothing has to be done.</p>',
  },
]

export const first: Migration = {
  name: '0001-first',
  async up({ create, seed }) {
    await create(FIRST)
    for (const name of GROUPS) await seed('revision', 'name', { name, value: 1 })
    for (const service of SERVICES)
      await seed('service', 'name', { ...service, is_active: true, mutable: true, deletable: false })
    for (const template of TEMPLATES) await seed('email_template', 'name', template)
  },
}
