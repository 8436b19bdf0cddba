/**
 * Many nodes with one store on PostgreSQL and one Redis are one gateway: a change that was made on one of them holds on
 * all of them soon, one that is killed costs the calls that were under way on it and no others, and limits are exact.
 */
import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { type Address, freshName } from '../databases/index.ts'
import { type Balancer, balancerOf } from './balancer.ts'
import { type Cluster, startCluster } from './cluster.ts'
import type { NodesScale } from './scale.ts'
import { firstBehind, startTraffic, type Traffic } from './traffic.ts'
import { OWNERS, openWorld, ROWS, type World } from './world.ts'

export interface NodesOptions {
  readonly postgres: Address
  readonly redis: Address
  readonly scale: NodesScale
  readonly onProgress?: (done: number, of: number) => void
}

/** Milliseconds after which a node counts as one that does not follow at all. */
const PATIENCE = 60_000
/** Of wrong keys there are many here, all from one address. */
const UNGUARDED = { wrong_credentials: 0 }

/** A database for the store and one to serve. @returns their end */
const makeDatabases = async (server: Address, store: string, data: string): Promise<() => Promise<void>> => {
  const { host, port, user, password, database } = server
  const run = async (into: string, statements: readonly string[]) => {
    const client = new pg.Client({ host, port, user, password, database: into })
    await client.connect()
    for (const statement of statements) await client.query(statement)
    await client.end()
  }
  await run(database, [`create database ${store}`, `create database ${data}`])
  await run(data, [
    'create table items (id integer primary key, owner integer not null)',
    `insert into items select n, n % ${OWNERS} from generate_series(1, ${OWNERS * ROWS}) n`,
  ])
  return () => run(database, [`drop database ${store} with (force)`, `drop database ${data} with (force)`])
}

const killOneByOne = (cluster: Cluster, { kills }: NodesScale) => {
  let going = true
  let killed = 0
  const run = async () => {
    while (going) {
      const begun = performance.now()
      await cluster.kill(cluster.nodes[killed++ % cluster.nodes.length]!)
      const rest = kills - (performance.now() - begun)
      if (rest > 0) await pause(rest)
    }
  }
  const running = run()
  // It is waited for at the end.
  running.catch(() => undefined)
  return async () => {
    going = false
    await running
    return killed
  }
}

const changeAll = async (world: World, { changes, between }: NodesScale, onProgress: NodesOptions['onProgress']) => {
  const kinds = [world.changeOwner, world.addKey, world.changePage, world.removeKey]
  for (let at = 0; at < changes; at++) {
    const begun = performance.now()
    await kinds[at % kinds.length]!()
    onProgress?.(at + 1, changes)
    const rest = between - (performance.now() - begun)
    if (rest > 0) await pause(rest)
  }
}

/** Waits until each node that is up acts upon what is in force; how soon it has to, the traffic beside it judges. */
const alike = async ({ nodes }: Cluster, world: World): Promise<void> => {
  const changed = performance.now()
  for (const node of nodes) {
    const own = balancerOf({ nodes: [node] })
    for (;;) {
      const behind = node.ready ? await firstBehind(own, world).catch(() => undefined) : undefined
      if (behind === undefined) break
      assert.ok(performance.now() - changed < PATIENCE, `${node.name} does not follow: ${behind}`)
      await pause(50)
    }
    own.close()
  }
}

/** More calls than it lets pass have to have been made for it to be known whether it is exact. */
const limitReached = async ({ seen }: Traffic, { limit, rate }: NodesScale) => {
  const patience = performance.now() + (limit / rate) * 60_000 + 30_000
  while (seen.limited.refused < Math.max(5, limit / 10) && performance.now() < patience) await pause(100)
}

const judge = ({ seen }: Traffic, { limit, age }: NodesScale) => {
  const { served, lost } = seen.limited
  assert.deepEqual(seen.failed.slice(0, 5), [], `${seen.failed.length} of ${seen.calls} calls failed`)
  assert.deepEqual(
    seen.stale.slice(0, 5),
    [],
    `${seen.stale.length} of ${seen.calls} decisions were older than ${age} ms, the oldest ${seen.oldest.toFixed(0)} ms`,
  )
  assert.ok(served <= limit + 1, `the limit let ${served} calls pass, and may let ${limit} pass`)
  // What was under way on a node that was killed may have been counted, and its answer was not seen.
  assert.ok(served + lost >= limit - 1, `the limit let ${served} calls pass only, of ${limit}`)
}

/** @returns what was seen @throws AssertionError where it does not hold */
export const proveNodes = async ({ postgres, redis, scale, onProgress }: NodesOptions): Promise<string> => {
  const name = freshName()
  const [store, data] = [`${name}_store`, `${name}_data`]
  const dropDatabases = await makeDatabases(postgres, store, data)
  const { host, port, user: username, password } = postgres
  const system = {
    store: { type: 'pgsql', host, port, database: store, username, password, sslmode: 'disable' },
    key: 'c0ffee00'.repeat(8),
    redis: `redis://${redis.user}:${redis.password}@${redis.host}:${redis.port}/${redis.database}`,
    ...UNGUARDED,
  }
  let cluster: Cluster | undefined
  let balancer: Balancer | undefined
  let traffic: Traffic | undefined
  try {
    cluster = await startCluster(scale.nodes, system)
    assert.equal(new Set(cluster.codes).size, 1, 'the nodes have different set-up codes')
    balancer = balancerOf(cluster)
    const world = await openWorld(balancer, cluster.codes[0]!, { ...postgres, database: data }, scale)
    await alike(cluster, world)
    traffic = startTraffic(balancer, world, scale)
    const begun = performance.now()
    const endKilling = killOneByOne(cluster, scale)
    await changeAll(world, scale, onProgress)
    await alike(cluster, world)
    await limitReached(traffic, scale)
    const killed = await endKilling()
    await traffic.stop()
    const seconds = (performance.now() - begun) / 1_000
    judge(traffic, scale)
    const { calls, lost, oldest, limited } = traffic.seen
    return (
      `${calls} calls in ${seconds.toFixed(0)} s on ${scale.nodes} nodes, ${scale.changes} changes, ${killed} kills; ` +
      `${lost + limited.lost} lost in flight, none failed; the oldest decision was ${oldest.toFixed(0)} ms old; ` +
      `the limit of ${scale.limit} let ${limited.served} pass (${limited.lost} lost)`
    )
  } finally {
    await traffic?.stop()
    balancer?.close()
    await cluster?.close()
    await dropDatabases()
  }
}
