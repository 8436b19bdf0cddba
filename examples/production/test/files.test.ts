/** What the files name is there: in each other, and in gw. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import {
  assignmentsIn,
  documentsOf,
  EXAMPLE,
  guide,
  ROOT,
  read,
  secretsWanted,
  unitOf,
  variables,
  variablesNeeded,
  yamlOf,
} from './files.ts'
import { folderWith, gw } from './gateway.ts'

const SECRETS = ['metrics_token', 'redis_password', 'store_password', 'system_key']
const PROBES = ['/healthz', '/readyz']
const folder = folderWith(Object.fromEntries(SECRETS.map((name) => [name, 'c0ffee00'.repeat(8)])))
afterAll(() => folder.remove())

const drainSeconds = (): number => yamlOf('gateway/gw.config.yaml').server.drainTimeout / 1_000
const seconds = (text: string): number => Number(/^(\d+)s?$/.exec(text)?.[1])
const expectNamed = (given: readonly string[]) => {
  expect(given.filter((name) => name.startsWith('GW_') && !variables().includes(name))).toEqual([])
  expect(variablesNeeded().filter((name) => !given.includes(name))).toEqual([])
}

describe('the configuration', () => {
  test('passes gw check, and takes the secrets that the guide tells to make', () => {
    expect(secretsWanted()).toEqual(SECRETS)
    const env = { GW_STORE_HOST: 'db.internal', GW_REDIS: 'redis.internal:6379' }
    const { status, told } = gw(folder.path, ['check'], env)
    expect([status, told]).toEqual([0, expect.any(String)])
    expect(gw(folder.path, ['check']).told).toContain('GW_STORE_HOST')
  })
})

describe('the Docker files', () => {
  const compose = yamlOf('docker/compose.yaml')
  const gateways = ['gateway-1', 'gateway-2']

  test('give each gateway what the configuration asks for, and longer to stop than it takes', () => {
    for (const name of gateways) {
      const service = compose.services[name]
      expectNamed(Object.keys(service.environment))
      expect(service.secrets.map(({ target }: any) => target).sort()).toEqual(
        SECRETS.map((secret) => `/gateway/secrets/${secret}`),
      )
      expect(seconds(service.stop_grace_period)).toBeGreaterThan(drainSeconds())
      expect(service.environment.GW_PROXIES).toBe(compose.networks.inside.ipam.config[0].subnet)
      expect(existsSync(join(EXAMPLE, 'docker', service.build, 'Dockerfile'))).toBe(true)
    }
  })

  test('name nothing that is not defined, and no secret but by its file', () => {
    for (const [name, service] of Object.entries<any>(compose.services)) {
      const secrets = (service.secrets ?? []).map((one: any) => one.source ?? one)
      expect([name, secrets.filter((secret: string) => !compose.secrets[secret])]).toEqual([name, []])
      for (const network of service.networks) expect(compose.networks).toHaveProperty(network)
      for (const needed of Object.keys(service.depends_on ?? {})) expect(compose.services).toHaveProperty(needed)
      for (const volume of service.volumes ?? []) {
        const [from] = volume.split(':')
        if (from.startsWith('.')) expect(existsSync(join(EXAMPLE, 'docker', from))).toBe(true)
        else expect(Object.keys(compose.volumes)).toContain(from)
      }
      for (const [variable, value] of Object.entries(service.environment ?? {}))
        if (/password|token|key/i.test(variable))
          expect([variable, value]).toEqual([
            expect.stringMatching(/_FILE$/),
            expect.stringMatching(/^\/run\/secrets\//),
          ])
    }
    expect(Object.keys(compose.secrets).sort()).toEqual(SECRETS)
    expect(compose.services.postgres.environment.POSTGRES_USER).toBe('gateway')
  })

  test('build what is started from files that are there, and ask a probe that there is', () => {
    const lines = read('gateway/Dockerfile').replaceAll('\\\n', ' ').split('\n')
    const copied = lines.filter((line) => /^COPY (?!--from)/.test(line)).flatMap((line) => line.split(' ').slice(1, -1))
    expect(copied.filter((name) => !name.endsWith('*') && !existsSync(join(EXAMPLE, 'gateway', name)))).toEqual([])
    const command: string[] = JSON.parse(lines.find((line) => line.startsWith('CMD '))!.slice(4))
    expect(command).toEqual(['node_modules/.bin/gw', 'start'])
    const health = lines.find((line) => line.startsWith('HEALTHCHECK'))!
    expect(health).toContain(`127.0.0.1:8080${PROBES[1]}'`)
    const manifest = JSON.parse(read('gateway/package.json'))
    const own = JSON.parse(read('package.json'))
    expect(Object.keys(manifest.dependencies)).toEqual(Object.keys(own.dependencies))
  })

  test('lead to the gateways, by nodes that are ready only', () => {
    const caddy = read('docker/Caddyfile')
    expect(/reverse_proxy (.*) \{/.exec(caddy)?.[1]?.split(' ')).toEqual(gateways.map((name) => `${name}:8080`))
    expect(/health_uri (\S+)/.exec(caddy)?.[1]).toBe(PROBES[1])
    expect(/path (.*)/.exec(caddy)?.[1]?.split(' ')).toEqual([...PROBES, '/metrics'])
    expect(Object.keys(compose.services.balancer.environment)).toEqual([/\{\$(\w+)\}/.exec(caddy)?.[1]])
  })
})

describe('the systemd unit', () => {
  const unit = unitOf('systemd/gw.service')
  const service = unit.get('Service')!

  test('starts gw with options that it has, and waits longer for its end than it takes', () => {
    expect([...unit.keys()]).toEqual(['Unit', 'Service', 'Install'])
    const [program, ...args] = service.get('ExecStart')![0]!.split(' ')
    expect(program).toBe(`${service.get('WorkingDirectory')![0]}/node_modules/.bin/gw`)
    const help = gw(folder.path, [args[0]!, '--help']).told
    for (const option of args.filter((one) => one.startsWith('--'))) expect(help).toContain(option)
    expect(seconds(service.get('TimeoutStopSec')![0]!)).toBeGreaterThan(drainSeconds())
    expectNamed(Object.keys(assignmentsIn(read('systemd/gateway.env'))))
    expect(guide()).toContain(service.get('EnvironmentFile')![0])
  })

  const analyze = spawnSync('systemd-analyze', ['--version'])
  const missing = analyze.status === 0 ? '' : ' (skipped: there is no systemd-analyze on this machine)'
  test.skipIf(missing !== '')(`has settings that systemd knows${missing}`, () => {
    const { stdout, stderr } = spawnSync('systemd-analyze', ['verify', join(EXAMPLE, 'systemd/gw.service')], {
      encoding: 'utf8',
    })
    const said = (stdout + stderr).split('\n').filter((line) => line.includes('gw.service'))
    // It is not installed here.
    expect(said.filter((line) => !line.includes('/opt/gateway/node_modules/.bin/gw is not executable'))).toEqual([])
  })
})

describe('the Kubernetes manifests', () => {
  const [deployment, service, budget] = documentsOf('kubernetes/gateway.yaml')
  const pod = deployment.spec.template.spec
  const [container] = pod.containers

  test('belong together', () => {
    expect([deployment.kind, service.kind, budget.kind]).toEqual(['Deployment', 'Service', 'PodDisruptionBudget'])
    const { labels } = deployment.spec.template.metadata
    for (const selector of [
      deployment.spec.selector.matchLabels,
      service.spec.selector,
      budget.spec.selector.matchLabels,
    ])
      expect(labels).toMatchObject(selector)
    expect(deployment.spec.replicas).toBeGreaterThan(budget.spec.minAvailable)
    const ports = container.ports.map(({ name }: any) => name)
    expect(ports).toContain(service.spec.ports[0].targetPort)
    for (const probe of [container.startupProbe, container.readinessProbe, container.livenessProbe]) {
      expect(PROBES).toContain(probe.httpGet.path)
      expect(ports).toContain(probe.httpGet.port)
    }
    expect(container.livenessProbe.httpGet.path).toBe(PROBES[0])
  })

  test('give the gateway what the configuration asks for, and longer to stop than it takes', () => {
    expectNamed(container.env.map(({ name }: any) => name))
    const [mount] = container.volumeMounts
    expect(mount.mountPath).toBe('/gateway/secrets')
    const volume = pod.volumes.find(({ name }: any) => name === mount.name)
    const made = /kubectl create secret generic (\S+) (.*)/.exec(guide())!
    expect(volume.secret.secretName).toBe(made[1])
    expect([...made[2]!.matchAll(/--from-file=(\w+)/g)].map(([, name]) => name).sort()).toEqual(SECRETS)
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(
      drainSeconds() + container.lifecycle.preStop.sleep.seconds,
    )
  })
})

describe('the guide', () => {
  test('names settings, commands and files that there are', () => {
    const text = guide()
    const known = ['configuration', 'system'].map((name) =>
      readFileSync(join(ROOT, `docs/reference/${name}.md`), 'utf8'),
    )
    const optionsOf = (page: string, prefix: string) =>
      [...page.matchAll(/^\| `([\w.{}[\]]+)` \|/gm)].map(([, name]) => prefix + name)
    const options = new Set([...optionsOf(known[0]!, ''), ...optionsOf(known[1]!, 'system.')])
    const named = [...text.matchAll(/`((?:server|system|log|metrics)\.\w+(?:\.\w+)*)`/g)].map(([, name]) => name!)
    expect(named.length).toBeGreaterThan(5)
    expect(named.filter((name) => !options.has(name) && name !== 'system.db')).toEqual([])

    const commands = [...text.matchAll(/`gw ([a-z]+)(?: ([a-z]+))?(?: (--[\w-]+))?`/g)]
    expect(commands.length).toBeGreaterThan(4)
    const env = { GW_STORE_HOST: 'db.internal', GW_REDIS: 'redis.internal:6379' }
    const { told } = gw(folder.path, ['--help'], env)
    for (const [, command] of commands) expect(told).toMatch(new RegExp(`^\\s+${command}\\b`, 'm'))

    for (const name of SECRETS) expect(text).toContain(`| \`${name}\` |`)
    for (const name of variables()) expect(text).toContain(`\`${name}\``)
  })
})
