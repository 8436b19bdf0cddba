/** Checks on what a role can be granted, on capabilities, and on what must never be said. */
import assert from 'node:assert/strict'
import { METHODS } from '@gw/core'
import type { Check } from '../check.ts'
import { secretsOf } from './configuration.ts'
import { describeSchema, faceOf, patience, type ServiceContext, textOf } from './context.ts'

export const resourceChecks: readonly Check<ServiceContext>[] = [
  {
    name: 'resources are unique bare components with a kind',
    run: (context) =>
      context.running(async ({ service }) => {
        const resources = context.hear((await service.resources?.(patience())) ?? [])
        const components = resources.map(({ component }) => component)
        assert.equal(new Set(components).size, components.length, 'components that occur twice')
        for (const { component, kind, methods } of resources) {
          assert.ok(!/^\/|\/$|\*$/.test(component), `'${component}' is not bare: the kernel derives '/' and '/*'`)
          assert.ok(kind, `${component} has no kind`)
          for (const method of methods ?? []) assert.ok(METHODS.includes(method), `${component}: ${method}`)
        }
        for (const wanted of context.resources ?? []) assert.ok(components.includes(wanted), `${wanted} is not listed`)
      }),
  },
  {
    name: 'a listed component is its own canonical form, and so is what canonical returns',
    run: (context) =>
      context.running(async ({ service }) => {
        const canonical = service.canonical?.bind(service) ?? ((component: string) => component)
        for (const { component } of (await service.resources?.(patience())) ?? [])
          assert.equal(canonical(component), component)
        for (const odd of ['', '/', '_table/', 'no/such/thing', '%', '_TABLE/No Such', '../x'])
          assert.equal(canonical(canonical(odd)), canonical(odd))
      }),
  },
  {
    name: 'no second spelling of a component gets round its canonical form',
    requires: ({ caseInsensitive = true }) => (caseInsensitive ? undefined : 'the source tells upper from lower case'),
    run: (context) =>
      context.running(async ({ service }) => {
        const resources = (await service.resources?.(patience())) ?? []
        if (resources.length === 0) return
        assert.equal(
          typeof service.canonical,
          'function',
          'components differ by case only, and nothing canonicalises them',
        )
        for (const { component } of resources) {
          const [branch, ...name] = component.split('/')
          const shouted = [branch, ...name.map((part) => part.toUpperCase())].join('/')
          assert.equal(service.canonical?.(shouted), component)
        }
      }),
  },
  {
    name: 'every declared capability is proven by a suite',
    run({ type, proven = [] }) {
      const declared = Object.entries(type.capabilities ?? {}).filter(
        ([, value]) => value !== undefined && value !== false,
      )
      const unproven = declared.map(([name]) => name).filter((name) => !proven.includes(name))
      assert.deepEqual(unproven, [], 'declared, but no suite that proves it runs (option `proven`)')
    },
  },
  {
    // Last: by now the services have said what they have to say.
    name: 'no secret of the configuration occurs in an error, a log line, an endpoint or a resource',
    async run(context) {
      const { type, config, unreachable, secrets = [] } = context
      const described = describeSchema(type.config)
      const hidden = [...secrets, ...secretsOf(described, config), ...secretsOf(described, unreachable)]
      await context.running(async ({ service }) => {
        context.hear(service.endpoints.map(faceOf))
        context.hear(await service.resources?.(patience()))
      })
      const text = textOf(context.said)
      for (const secret of new Set(hidden)) assert.ok(!text.includes(secret), 'a secret was said aloud')
    },
  },
]
