import { repositoriesConformance } from '../src/repos/index.ts'
import { hostSubject } from './seeded/repositories.ts'

repositoriesConformance(hostSubject())
