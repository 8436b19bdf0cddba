/** The suite for every e-mail service. */
import { about, type Check, type Suite } from '../check.ts'
import { bind } from '../suite.ts'
import { closeEmail, type EmailConformanceOptions, type EmailContext, openEmail } from './context.ts'
import { messageChecks } from './messages.ts'
import { refusalChecks } from './refusals.ts'
import { templateChecks } from './templates.ts'

export { closeEmail, type EmailConformanceOptions, type EmailSubject, openEmail, type Received } from './context.ts'

/** The capabilities that this suite proves: for `conformance({ proven })`. */
export const EMAIL_PROVEN: readonly string[] = ['email']

export const emailChecks: readonly Check<EmailContext>[] = about(
  ['email'],
  [...messageChecks, ...refusalChecks, ...templateChecks],
)

/** What defines a working e-mail service, against a server that takes its messages. */
export const emailSuite = (options: EmailConformanceOptions): Suite<EmailContext> => ({
  family: 'email',
  title: `${options.type.name} sends e-mail`,
  checks: emailChecks,
  open: () => openEmail(options),
  close: closeEmail,
})

/** Declares it with vitest. */
export const emailConformance = (options: EmailConformanceOptions): void => bind(emailSuite(options))
