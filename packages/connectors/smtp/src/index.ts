/** E-mail by SMTP, with nodemailer. */
import { defineEmailServiceType } from '@gw/email'
import { smtpConfig } from './config.ts'
import { classify } from './errors.ts'
import { openMailer } from './mailer.ts'

export default defineEmailServiceType({
  name: 'smtp_email',
  aliases: ['smtp'],
  label: 'SMTP',
  description: 'Sends e-mail through an SMTP server.',
  config: smtpConfig,
  open: openMailer,
  classify,
})
