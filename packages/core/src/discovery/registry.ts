import { basename } from 'node:path'
import { pathToFileURL } from 'node:url'
import { nearest } from '../configuration/problems.ts'
import { CONTRACT_VERSION, GwError, type ServiceType } from '../contract.ts'
import { faultOfType, importDefault, importSubpath } from './import.ts'
import { type Found, findDependencies, findListed, type InstalledPackage } from './packages.ts'
import { packageFor, wellKnownTypes } from './well-known.ts'

/** A service type that an installed package says it offers. */
export interface RegisteredType {
  readonly name: string
  readonly package: string
  readonly version: string
  /** The range of contract versions it was written for. */
  readonly contract: string
}

/** Why a package, or a part of it, is of no use here. */
export interface DiscoveryProblem {
  readonly package: string
  readonly reason: string
}

/** The service types at hand. Nothing of a package runs until `load` asks for one of its types. */
export interface Registry {
  types(): readonly RegisteredType[]
  /** The packages with a manifest, those that are refused included. */
  readonly packages: readonly InstalledPackage[]
  readonly problems: readonly DiscoveryProblem[]
  /**
   * Imports a type, once. An alias resolves to its type.
   * @throws GwError `unavailable` with a readable reason: not installed, unknown, offered twice, broken, wrong contract.
   */
  load(type: string): Promise<ServiceType>
  /**
   * Where a type's code lies: its package's real folder, or the file of a module. `undefined` for one that is given by
   * value, is not there by that name, or comes from more than one place.
   */
  homeOf?(type: string): string | undefined
}

export interface DiscoverOptions {
  /** The folder with the project's `package.json`; relative paths begin there. */
  readonly root: string
  /** If given, only these: names of packages, paths that begin with a dot, or service types themselves. */
  readonly connectors?: readonly (string | ServiceType)[] | undefined
  /** Types that services name by value. They go before all others of their name. */
  readonly imported?: readonly ServiceType[]
}

interface Offer extends RegisteredType {
  /** Why it cannot be had, known without running any code. */
  readonly refused?: string | undefined
  readonly home?: string | undefined
  open(): Promise<unknown>
}

/** Finds out which service types there are. Never fails as a whole: what is wrong is in `problems`. */
export const discover = async ({ root, connectors, imported = [] }: DiscoverOptions): Promise<Registry> => {
  const found =
    connectors === undefined
      ? await findDependencies(root)
      : await findListed(
          root,
          connectors.filter((entry) => typeof entry === 'string'),
        )
  const inline = connectors?.filter((entry) => typeof entry !== 'string') ?? []
  const modules = await importModules(found)
  const offers = [...found.packages.flatMap(offersOf), ...inline.map((type) => offerOf(type)), ...modules.offers]
  return createRegistry({
    offers: [
      ...offers.filter(({ name }) => !imported.some((type) => type.name === name)),
      ...new Set(imported).values().map(offerOf),
    ],
    packages: found.packages,
    problems: [...found.problems, ...modules.problems],
    listed: connectors !== undefined,
  })
}

const offersOf = (installed: InstalledPackage): readonly Offer[] =>
  Object.entries(installed.manifest.serviceTypes).map(([name, subpath]) => ({
    name,
    package: installed.manifest.package,
    version: installed.manifest.version,
    contract: installed.manifest.contract,
    home: installed.directory,
    refused: installed.refused,
    open: () => importSubpath(installed, subpath),
  }))

const offerOf = (type: ServiceType, from: string | number = 'gw.config', path?: string): Offer => ({
  name: type.name,
  package: typeof from === 'string' ? from : 'gw.config',
  version: '',
  contract: `^${CONTRACT_VERSION}`,
  home: typeof path === 'string' ? path : undefined,
  open: async () => type,
})

/** A module has no manifest: what it offers is known only by running it. */
const importModules = async ({ modules }: Found) => {
  const offers: Offer[] = []
  const problems: DiscoveryProblem[] = []
  for (const path of modules) {
    const name = basename(path)
    try {
      const type = await importDefault(pathToFileURL(path).href, name)
      const fault = faultOfType(type)
      if (fault !== undefined) problems.push({ package: name, reason: `${name} cannot be used: ${fault}` })
      else offers.push(offerOf(type as ServiceType, name, path))
    } catch (error) {
      problems.push({ package: name, reason: (error as Error).message })
    }
  }
  return { offers, problems }
}

interface Parts {
  readonly offers: readonly Offer[]
  readonly packages: readonly InstalledPackage[]
  readonly problems: readonly DiscoveryProblem[]
  /** Whether the configuration lists its connectors. */
  readonly listed: boolean
}

const createRegistry = ({ offers, packages, problems, listed }: Parts): Registry => {
  const byName = Map.groupBy(offers, ({ name }) => name)
  const loaded = new Map<Offer, Promise<ServiceType>>()
  const twice = [
    ...[...byName].flatMap(([name, all]) =>
      all.length > 1 ? [{ package: all.map((o) => o.package).join(', '), reason: offeredTwice(name, all) }] : [],
    ),
    ...claimedTwice(packages),
  ]

  const open = (offer: Offer): Promise<ServiceType> => {
    const running = loaded.get(offer)
    if (running !== undefined) return running
    const opening = openOffer(offer)
    loaded.set(offer, opening)
    // A failure is not kept: the next attempt may find the package repaired.
    opening.catch(() => loaded.delete(offer))
    return opening
  }

  /** Aliases stand in the types themselves, so that all are imported before one is called unknown. */
  const byAlias = async (alias: string): Promise<ServiceType | undefined> => {
    const usable = offers.filter((offer) => offer.refused === undefined && byName.get(offer.name)?.length === 1)
    const results = await Promise.allSettled(usable.map(open))
    const types = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []))
    return types.find((type) => type.aliases?.includes(alias))
  }

  return {
    types: () =>
      offers.map(({ name, package: from, version, contract }) => ({ name, package: from, version, contract })),
    homeOf(type) {
      const [offer, ...others] = byName.get(type) ?? []
      return others.length === 0 ? offer?.home : undefined
    },
    packages,
    problems: [...problems, ...twice],
    async load(name) {
      const [offer, ...others] = byName.get(name) ?? []
      if (offer !== undefined && others.length > 0) throw unavailable(offeredTwice(name, [offer, ...others]))
      if (offer !== undefined) return open(offer)
      const type = await byAlias(name)
      if (type === undefined) throw unavailable(unknownType(name, [...byName.keys()], problems, listed))
      return type
    },
  }
}

const openOffer = async (offer: Offer): Promise<ServiceType> => {
  if (offer.refused !== undefined) throw unavailable(offer.refused)
  let value: unknown
  try {
    value = await offer.open()
  } catch (error) {
    throw unavailable((error as Error).message, error)
  }
  const from = offer.version === '' ? offer.package : `${offer.package}@${offer.version}`
  const fault = faultOfType(value)
  if (fault !== undefined) throw unavailable(`${from} cannot be used: ${fault}`)
  const type = value as ServiceType
  if (type.name === offer.name || type.aliases?.includes(offer.name)) return type
  throw unavailable(
    `${from} cannot be used: its manifest offers "${offer.name}", but its code is the service type "${type.name}"`,
  )
}

const unavailable = (message: string, cause?: unknown) =>
  new GwError('unavailable', message, { cause, retryable: false })

const offeredTwice = (name: string, offers: readonly Offer[]): string =>
  `The service type "${name}" is offered by ${offers.map((offer) => offer.package).join(' and by ')}: remove one, or list the wanted packages under connectors in the configuration`

/** Places of files that more than one package claims, which are then nobody's. */
const claimedTwice = (packages: readonly InstalledPackage[]): readonly DiscoveryProblem[] => {
  const claims = packages.flatMap(({ manifest }) =>
    Object.keys(manifest.static).map((path) => ({ path, from: manifest.package })),
  )
  return [...Map.groupBy(claims, ({ path }) => path)].flatMap(([path, all]) => {
    if (all.length < 2) return []
    const names = all.map(({ from }) => from)
    const reason = `Files at ${path} are offered by ${names.join(' and by ')}, so that none are served: remove one, or list the wanted packages under connectors in the configuration`
    return [{ package: names.join(', '), reason }]
  })
}

const unknownType = (
  name: string,
  known: readonly string[],
  problems: readonly DiscoveryProblem[],
  listed: boolean,
): string => {
  const from = packageFor(name)
  // A package that is there but of no use explains itself.
  const broken = problems.find((problem) => problem.package === from)
  if (broken !== undefined) return broken.reason
  if (from !== undefined) {
    const hint = listed ? ' and add it to connectors in the configuration' : ''
    return `The service type "${name}" comes with ${from}, which is not installed: run npm install ${from}${hint}`
  }
  const near = nearest(name, [...known, ...wellKnownTypes()])
  const meant = near === undefined ? '' : ` Did you mean "${near}"?`
  const there = known.length === 0 ? 'No service types are installed' : `Installed: ${[...known].sort().join(', ')}`
  const missing = problems.length === 0 ? '' : `. Also: ${problems.map(({ reason }) => reason).join('; ')}`
  return `There is no service type "${name}".${meant} ${there}${missing}`
}
