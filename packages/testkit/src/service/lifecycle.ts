/** Checks on `create → start → health → stop`, also where the source is away. */
import assert from 'node:assert/strict'
import { GwError } from '@gw/core'
import type { Check } from '../check.ts'
import { recordedHost } from '../host.ts'
import { leftBehind, outsideOperations } from '../isolation.ts'
import { patience, type ServiceContext, saysAway, validate } from './context.ts'

const away = ({ unreachable }: ServiceContext) =>
  unreachable ? undefined : 'no `unreachable` configuration was given to the suite'

/** Starts a service whose source is away, asks for its health, stops it; returns what it threw. */
const failing = async (context: ServiceContext): Promise<unknown> => {
  const { service } = await context.create(context.unreachable)
  try {
    await service.start?.(patience())
    await service.health?.(patience())
    return undefined
  } catch (error) {
    return context.hear(error)
  } finally {
    await service.stop?.()
  }
}

export const lifecycleChecks: readonly Check<ServiceContext>[] = [
  {
    name: 'create does no input or output',
    async run({ type, config, root, hear }) {
      const valid = await validate(type.config, config)
      assert.ok('value' in valid)
      const host = recordedHost({
        ...(root === undefined ? {} : { root }),
        fetch: () => assert.fail('create called host.fetch'),
      })
      hear(host.log.lines)
      const { operations } = outsideOperations(() => type.create(valid.value, host))
      assert.deepEqual(operations, [], 'create reached outside the process')
    },
  },
  {
    name: 'two instances of one configuration run side by side, as they do in a reload',
    run: (context) =>
      context.running(async (first) => {
        await context.running(async (second) => {
          await second.service.health?.(patience())
          await first.service.health?.(patience())
        })
        await first.service.health?.(patience())
      }),
  },
  {
    name: 'health resolves while the source is there',
    requires: () => undefined,
    run: (context) =>
      context.running(async ({ service }) => {
        assert.equal(typeof service.health, 'function', 'a service without health cannot be tested by its operator')
        await service.health?.(patience())
      }),
  },
  {
    name: 'a source that is away makes start or health throw unavailable',
    requires: away,
    async run(context) {
      const error = await failing(context)
      assert.ok(error, 'neither start nor health noticed that the source is away')
      assert.ok(GwError.is(error), `not a GwError: ${error}`)
      assert.ok(saysAway(error), `the code is '${error.code}'`)
      assert.ok(error.message.trim().length > 10, 'the message does not say what happened')
    },
  },
  {
    name: 'a start that failed leaves no handle behind once it was stopped',
    requires: away,
    async run(context) {
      await failing(context)
      const left = await leftBehind(async () => void (await failing(context)))
      assert.deepEqual(left, [])
    },
  },
  {
    name: 'stop leaves no handle behind',
    async run(context) {
      const left = await leftBehind(() => context.running(async ({ service }) => service.health?.(patience())))
      assert.deepEqual(left, [])
    },
  },
  {
    name: 'stop does no harm before start, and none the second time',
    async run(context) {
      const fresh = await context.create()
      await fresh.service.stop?.()
      const { service } = await context.create()
      await service.start?.(patience())
      await service.stop?.()
      await service.stop?.()
    },
  },
  {
    name: 'start gives up where its signal has been aborted',
    async run(context) {
      const { service } = await context.create()
      if (!service.start) return
      const left = await leftBehind(async () => {
        await assert.rejects(async () => service.start?.(AbortSignal.abort()), 'start went on after it was aborted')
        await service.stop?.()
      })
      assert.deepEqual(left, [], 'an aborted start left something behind')
    },
  },
]
