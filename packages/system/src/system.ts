/** Puts this package together: store, snapshot, identities, rules, and the service `system`. */
import { type Caller, GwError, type ServiceType } from '@gw/core'
import type { Credentials, Governance, GovernanceContext, Identity, RunningGateway } from '@gw/core/governance'
import { type RecordsOptions, recordsCollections } from '@gw/records'
import { mailBy } from './account/mail.ts'
import type { AccountParts } from './account/parts.ts'
import { userConfig } from './account/user-config.ts'
import { userServiceType } from './account/user-service.ts'
import { actingTrail } from './audit/acting.ts'
import { keepForgetting } from './audit/retention.ts'
import { auditTrail } from './audit/trail.ts'
import { systemConfig } from './config.ts'
import { corsRules } from './cors.ts'
import { recordConfigured, wantedServices } from './definitions.ts'
import { oidcServiceType } from './external/oidc-type.ts'
import { externalSignIn } from './external/sign-in.ts'
import { createAuthenticate } from './identity/authenticate.ts'
import { openIdentities } from './identity/identities.ts'
import { lookupsIn, lookupWith } from './identity/lookups.ts'
import type { SessionVerifier } from './identity/sessions.ts'
import { addressGuard } from './limits/addresses.ts'
import { memoryCounters } from './limits/counters.ts'
import { createLimiter, forgetting } from './limits/limiter.ts'
import { redisCounters } from './limits/redis-counters.ts'
import { toldLimits } from './limits/told.ts'
import { openRedis, reached } from './redis/connection.ts'
import { redisNotices } from './redis/notices.ts'
import { tableAccess } from './resources/collections.ts'
import type { SystemParts } from './resources/index.ts'
import { tableRules } from './rules/index.ts'
import type { TableRules } from './rules/rules.ts'
import { problemBy, type ServiceRulesOptions } from './rules/service.ts'
import { ruledSource } from './rules/source.ts'
import { eventScripts } from './scripts/event-scripts.ts'
import { type Config, type JsonSchema, opened } from './secrets/config.ts'
import { openKeyring, placeOf } from './secrets/keyring.ts'
import { resolveConfig } from './secrets/lookups.ts'
import { systemServiceType } from './service.ts'
import { setupCode } from './setup/code.ts'
import { setupRoutes } from './setup/routes.ts'
import { outdating } from './snapshot/outdating.ts'
import { snapshotFeed } from './snapshot/snapshot.ts'
import { storeState } from './state.ts'
import { changesIn } from './store/changes.ts'
import { migrate } from './store/migrate.ts'
import { openStore } from './store/open.ts'
import { localNotices, type Notices, revisionTable } from './store/revision.ts'
import { NAME, VERSION } from './version.ts'

/** What other parts bring, and tests replace. */
export interface SystemExtensions {
  readonly sessions?: SessionVerifier | undefined
  readonly notices?: Notices | undefined
  readonly serviceTypes?: readonly ServiceType[]
}

/** A page as the wire contract has it. A row of access that is let go of must not become one for all services. */
const COLLECTIONS: RecordsOptions = { maxRecords: 1_000, allowUpsert: false, maxStreamRecords: 0, deleteDisowned: true }

/** How long the store may take for the first look, and a migration, in milliseconds. */
const START_PATIENCE = 90_000
const LOOK_PATIENCE = 10_000
/** How long a start waits for Redis, without which it goes on, in milliseconds. */
const REDIS_PATIENCE = 3_000

export const createSystem = async (
  context: GovernanceContext,
  { sessions: verifier, notices: given, serviceTypes = [] }: SystemExtensions = {},
): Promise<Governance> => {
  const { log, configured } = context
  const settings = systemConfig(context.config)
  const store = await openStore(settings, context)
  const keys = await openKeyring(settings.key, store.directory)
  const redis = settings.redis === undefined ? undefined : openRedis(settings.redis, log)
  const notices = given ?? (redis ? redisNotices(redis) : localNotices())
  const counters = redis ? redisCounters(redis, log) : memoryCounters()
  const revisions = revisionTable(store)
  const feed = snapshotFeed({ store, revisions, notices, log, interval: settings.refresh })
  const listeners = new Set<() => Promise<void>>()
  const change = changesIn({ store, revisions, feed, notices })
  const people = openIdentities({ settings, store, revisions, feed, change, keys, log })
  const identities = new WeakMap<Caller, Identity>()
  const sessionTokens = new WeakMap<Caller, string>()
  let gateway: RunningGateway | undefined
  let stopForgetting = () => {}

  const idOf = (service: string) => feed.current().services.find(({ name }) => name === service.toLowerCase())?.id
  const outdate = outdating({ store, revisions, feed, notices, log, services: () => gateway?.services() ?? [] })

  // Types are loaded once, so that a row can be told without waiting.
  const schemas = new Map<string, JsonSchema>()
  const load = async (name: string): Promise<ServiceType> => {
    const type = own.find((one) => one.name === name) ?? (await context.types.load(name))
    schemas.set(name, type.config['~standard'].jsonSchema.input({ target: 'draft-2020-12' }) as JsonSchema)
    return type
  }
  const loadStored = async () => {
    const names = new Set(feed.current().services.map(({ type }) => type))
    await Promise.all([...names].filter((name) => !schemas.has(name)).map((name) => load(name).catch(() => undefined)))
  }

  const resolved = (config: Config, type: string): Config => {
    const lookup = lookupWith(lookupsIn(feed.current(), keys, ['global']), new Map(), new Map())
    return resolveConfig(config, schemas.get(type), (name) => lookup(name, 'private'))
  }

  const reload = async () => {
    await feed.refresh(AbortSignal.timeout(LOOK_PATIENCE))
    await Promise.all([...listeners].map((listener) => listener()))
  }
  const schemaOf = (type: string) => schemas.get(type)
  const codeLife = settings.codes.ttl * 60_000
  const services: ServiceRulesOptions = { keys, load, schemaOf, resolved, gateway: () => gateway }
  const rules = tableRules(keys, codeLife, services)
  const trail = auditTrail({ source: store.source, rules })
  const ruled = (own: Readonly<Record<string, TableRules>>) =>
    ruledSource({
      source: store.source,
      revisions,
      rules: own,
      trail,
      async committed(groups) {
        await feed.refresh(AbortSignal.timeout(LOOK_PATIENCE))
        await notices.publish()
        // What was asked for is running, or has failed to start, when the caller hears of it.
        if (groups.has('service') || groups.has('limit')) await feed.settled()
      },
    })
  const source = ruled(rules)
  const collections = recordsCollections(source, COLLECTIONS)
  const mail = mailBy({ settings, log, gateway: () => gateway })
  const oidc = oidcServiceType()
  const account: AccountParts = {
    providers: oidc.providers,
    settings,
    store,
    change,
    trail,
    source,
    accounts: people.accounts,
    attempts: people.attempts,
    sessions: people.sessions,
    mail,
    log,
    userSettings: () => userConfig.parse(feed.current().services.find(({ type }) => type === 'user')?.config ?? {}),
    snapshot: feed.current,
    identityOf: (caller) => identities.get(caller),
    tokenOf: (caller) => sessionTokens.get(caller),
  }
  const acted = actingTrail(store, log)
  const state = storeState(store, idOf)
  const scripts = eventScripts({ rows: () => feed.current().scripts, load, host: () => gateway?.host('system'), log })
  const setup = setupRoutes({
    store,
    source,
    revisions,
    code: setupCode(state('system'), keys),
    log,
    snapshot: feed.current,
  })
  const parts: SystemParts = {
    account,
    source,
    types: { types: () => [...own.map(({ name }) => ({ name, package: NAME })), ...context.types.types()], load },
    installed: () => ({ packages: context.types.packages ?? [], problems: context.types.problems ?? [] }),
    version: VERSION,
    snapshot: feed.current,
    counters,
    gateway: () => gateway,
    identityOf: (caller) => identities.get(caller),
    collection: (collection) => collections({ ...collection, access: tableAccess(collection.table) }),
    services,
    transfer: {
      stored: store.source,
      source: ruled(tableRules(keys, codeLife, { ...services, keepUnknown: true })),
      keys,
      load,
      schemaOf,
      problem: problemBy(services),
    },
    reload,
    outdate: (names) => outdate.now(names.flatMap((name) => idOf(name) ?? [])),
  }
  const own: readonly ServiceType[] = [
    systemServiceType(parts),
    userServiceType(account, externalSignIn({ parts: account, providers: oidc.providers, keys })),
    oidc.type,
    ...serviceTypes,
  ]
  const ownNames = new Set(own.map(({ name }) => name))

  const forgetCounts = forgetting(counters)
  feed.onChange(async (groups, snapshot, outdated) => {
    if (groups.has('limit'))
      await forgetCounts(snapshot).catch((error: unknown) =>
        log.warn('counts of limits could not be forgotten', { error }),
      )
    if (groups.has('service')) await loadStored()
    // A lookup stands in configurations, too.
    if (groups.has('service') || groups.has('lookup')) await Promise.all([...listeners].map((listener) => listener()))
    await outdate.follow(outdated)
  })

  const record = async (signal: AbortSignal) => {
    const definitions = await configured.services()
    if (!(await recordConfigured(store.source, definitions, feed.current().services, log, signal))) return
    await store.source.transaction!((transaction) => revisions.raise(['service'], { signal, transaction }), signal)
    await feed.refresh(signal)
  }
  const authenticate = createAuthenticate({
    snapshot: feed.current,
    keys,
    sessions: verifier ?? people.sessions,
    configured,
  })
  const remembered = (identity: Identity, { sessionToken }: Credentials): Identity => {
    if (!identities.has(identity.caller)) identities.set(identity.caller, identity)
    if (sessionToken !== undefined) sessionTokens.set(identity.caller, sessionToken)
    return identity
  }

  return {
    name: NAME,
    observes: true,
    serviceTypes: own,
    routes: setup.routes,
    async start(_, running) {
      gateway = running
      const signal = AbortSignal.timeout(START_PATIENCE)
      await Promise.all([migrate(store, log, signal), redis && reached(redis, REDIS_PATIENCE)])
      await feed.refresh(signal)
      await people.start(signal)
      await record(signal)
      feed.watch()
      stopForgetting = keepForgetting(store, settings.audit_days, log)
      await setup.announce()
    },
    async stop() {
      feed.stop()
      stopForgetting()
      await scripts.stop()
      people.stop()
      await mail.settled()
      await acted.settled()
      await notices.close?.()
      redis?.disconnect()
      await store.close()
    },
    async services() {
      return wantedServices(await configured.services(), feed.current().services, ownNames)
    },
    watch(onChange) {
      listeners.add(onChange)
      return () => listeners.delete(onChange)
    },
    update(config) {
      if (!configured.update)
        throw new GwError('not_supported', 'gw.config can not be taken over while the gateway runs.')
      configured.update(config)
      record(AbortSignal.timeout(LOOK_PATIENCE))
        .then(() => Promise.all([...listeners].map((listener) => listener())))
        .catch((error: unknown) => log.error('the services of gw.config could not be recorded in the store', { error }))
    },
    get interceptors() {
      return scripts.interceptors()
    },
    derived(identity, scripted) {
      identities.set(scripted.caller, scripted)
      const token = sessionTokens.get(identity.caller)
      if (token !== undefined) sessionTokens.set(scripted.caller, token)
    },
    acted: acted.record,
    limit: createLimiter(feed.current, counters),
    limits: toldLimits(feed.current),
    guard: addressGuard({ failures: settings.wrong_credentials }),
    cors: () => corsRules(feed.current().cors),
    async document(kind, key) {
      const rows = kind === 'email_template' ? feed.current().templates : []
      return rows.find(({ id, name }) => id === key || name === key) ?? configured.document?.(kind, key)
    },
    authenticate(credentials) {
      const found = authenticate(credentials)
      return found instanceof Promise
        ? found.then((one) => remembered(one, credentials))
        : remembered(found, credentials)
    },
    async resolveSecrets(config, definition) {
      const { id, source: from } = definition
      if (id === undefined || from === 'gw.config') return configured.resolveSecrets(config, definition)
      return resolved(
        opened(config, (text) => keys.decrypt(text, placeOf('service', 'config', id))),
        definition.type,
      )
    },
    outdated(service) {
      const id = idOf(service)
      if (id !== undefined) outdate.soon(id)
    },
    state,
  }
}
