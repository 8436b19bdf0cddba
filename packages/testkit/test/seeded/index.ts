/** Every connector that is wrong on purpose, the suite that is to notice, and the check that is to say what is wrong. */

import { emailSuite } from '../../src/email/index.ts'
import { filesSuite } from '../../src/files/index.ts'
import { type Suite, serviceSuite } from '../../src/index.ts'
import { recordsSuite, referenceSubject } from '../../src/records/index.ts'
import { remoteSuite } from '../../src/remote/index.ts'
import { repositoriesSuite } from '../../src/repos/index.ts'
import { CAUGHT } from './caught.ts'
import { deliverAll, mailSubject, PROVIDERS } from './email.ts'
import { STORES, storeSubject } from './files.ts'
import { SOURCES } from './records.ts'
import { TYPES } from './records-service.ts'
import { asking, REMOTES, remoteSubject } from './remote.ts'
import { HOSTS, hostSubject } from './repositories.ts'
import { SERVICES, weatherOptions } from './services.ts'
import { DIALECTS, sqliteSuite } from './sqlite.ts'

export interface Variant {
  /** What it is made from. */
  readonly of: string
  /** What it does wrong. */
  readonly what: string
  /** The check that is to notice: one that says what is wrong, not one that happens to stumble. */
  readonly caughtBy: RegExp | undefined
  suite(): Suite | Promise<Suite>
}

const LACKS = ['dateTypes', 'answers'] as const

const variants = <T>(
  of: string,
  seeds: Readonly<Record<string, T>>,
  suite: (seed: T) => Suite | Promise<Suite>,
  caughtBy: (what: string, seed: T) => RegExp | undefined = (what) => CAUGHT[of]?.[what],
): readonly Variant[] =>
  Object.entries(seeds).map(([what, seed]) => ({
    of,
    what,
    caughtBy: caughtBy(what, seed),
    suite: () => suite(seed),
  }))

const ofType = (change: (typeof TYPES)[string]): Suite => {
  const { type, prepare } = referenceSubject()
  return recordsSuite({ type: change(type), prepare, lacks: LACKS })
}

export const VARIANTS: readonly Variant[] = [
  ...variants(
    'a service',
    Object.fromEntries(SERVICES.map(([what, ...rest]) => [what, rest] as const)),
    ([changes]) => serviceSuite({ ...weatherOptions, ...changes }),
    (_what, [, check]) => check,
  ),
  ...variants('records in memory', SOURCES, (change) => recordsSuite({ ...referenceSubject(change), lacks: LACKS })),
  ...variants('a service of records', TYPES, ofType),
  {
    of: 'records in memory',
    what: 'does what it says it is without',
    caughtBy: /refused where there are no transactions/,
    suite: () => recordsSuite({ ...referenceSubject(), lacks: [...LACKS, 'transactions'] }),
  },
  ...variants('SQLite', DIALECTS, ([family, change]) => sqliteSuite(family, change)),
  ...variants('files in memory', STORES, (breaking) => filesSuite(storeSubject(breaking))),
  ...variants('e-mail in memory', PROVIDERS, (send) => emailSuite(mailSubject(send))),
  ...variants('repositories in memory', HOSTS, (broken) => repositoriesSuite(hostSubject(broken))),
  ...variants(
    'a service over HTTP',
    REMOTES,
    ([ask]) => remoteSuite(remoteSubject(ask)),
    (_what, [, check]) => check,
  ),
]

/** What the variants are made from, whole: each has to pass what they are to fail. */
export const GOOD: Readonly<Record<string, () => Suite | Promise<Suite>>> = {
  'a service': () => serviceSuite(weatherOptions),
  'records in memory': () => recordsSuite({ ...referenceSubject(), lacks: LACKS }),
  'SQLite, its service': () => sqliteSuite('service', (dialect) => dialect),
  'SQLite, its records': () => sqliteSuite('records', (dialect) => dialect),
  'SQLite, its dialect': () => sqliteSuite('sql', (dialect) => dialect),
  'files in memory': () => filesSuite(storeSubject(() => ({}))),
  'e-mail in memory': () => emailSuite(mailSubject(deliverAll)),
  'repositories in memory': () => repositoriesSuite(hostSubject()),
  'a service over HTTP': () => remoteSuite(remoteSubject(asking)),
}
