/** Settings of the service `user` (platform.md §4.3). */
import { z } from 'zod'

const reference = (title: string, description: string) => z.int().nullable().default(null).meta({ title, description })

export const appRoleMap = z
  .array(z.looseObject({ app_id: z.int().nullish(), role_id: z.int().nullish() }))
  .nullable()
  .default(null)
  .meta({ title: 'Roles by App', description: 'Which role new users get in single apps, in place of the one above.' })

export const userConfig = z.looseObject({
  allow_open_registration: z.boolean().default(false).meta({
    title: 'Allow Open Registration',
    description: 'Whether anyone may make an account for themselves.',
  }),
  open_reg_role_id: reference('Role of who Registers', 'The role that they get in every app.'),
  app_role_map: appRoleMap,
  open_reg_email_service_id: reference(
    'Registration E-mail Service',
    'The service that sends a code to confirm the address; without one, addresses are not confirmed.',
  ),
  open_reg_email_template_id: reference('Registration E-mail Template', 'The text of these messages.'),
  invite_email_service_id: reference('Invite E-mail Service', 'The service that sends invitations to users.'),
  invite_email_template_id: reference('Invite E-mail Template', 'The text of these invitations.'),
  password_email_service_id: reference('Password E-mail Service', 'The service that sends codes for a new password.'),
  password_email_template_id: reference('Password E-mail Template', 'The text of these messages.'),
})
export type UserConfig = z.output<typeof userConfig>
