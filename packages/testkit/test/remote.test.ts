import { remoteConformance } from '../src/remote/index.ts'
import { asking, remoteSubject } from './seeded/remote.ts'

remoteConformance(remoteSubject(asking))
