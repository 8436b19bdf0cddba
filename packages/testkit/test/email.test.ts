import { emailConformance } from '../src/email/index.ts'
import { deliverAll, mailSubject } from './seeded/email.ts'

emailConformance(mailSubject(deliverAll))
