/** A registry of our own: what is published there is there only, everything else comes from the configured one. */
import { once } from 'node:events'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import type { Server } from 'node:http'
import { delimiter, join } from 'node:path'
import { runServer } from 'verdaccio'
import { run } from './run.ts'

/** Whose packages are never asked for elsewhere: what npm has under these names is not ours. */
const OURS = ['@gw/*', 'gw-*', 'create-gw', 'create-gw-connector']

export interface Registry {
  readonly url: string
  /** The environment of somebody who knows of this registry, and of nothing in this repository. */
  readonly env: NodeJS.ProcessEnv
  publish(file: string): Promise<void>
  close(): Promise<void>
}

/** npm's own registry, or the one that npm is configured for; `undefined` where it can not be reached. */
export const upstream = async (cwd: string): Promise<string | undefined> => {
  try {
    const url = (await run('npm', ['config', 'get', 'registry'], { cwd })).trim()
    const response = await fetch(new URL('zod', url), { method: 'HEAD', signal: AbortSignal.timeout(20_000) })
    return response.ok ? url : undefined
  } catch {
    return undefined
  }
}

/**
 * Listens on 127.0.0.1, on a port that is free.
 * @param folder empty; everything of the registry, and npm's cache, is within
 * @param uplink see `upstream`
 */
export const openRegistry = async (folder: string, uplink: string): Promise<Registry> => {
  const everybody = { access: '$all', publish: '$all', unpublish: '$all' }
  const app = (await runServer({
    self_path: folder,
    storage: join(folder, 'storage'),
    uplinks: { npm: { url: uplink, maxage: '60m', timeout: '120s', max_fails: 100 } },
    auth: { htpasswd: { file: join(folder, 'htpasswd'), max_users: -1 } },
    packages: { ...Object.fromEntries(OURS.map((name) => [name, everybody])), '**': { ...everybody, proxy: 'npm' } },
    log: { type: 'stdout', format: 'pretty', level: 'fatal' },
    web: { enable: false },
  } as never)) as Server
  app.listen(0, '127.0.0.1')
  await once(app, 'listening')
  const url = `http://127.0.0.1:${(app.address() as { port: number }).port}/`
  const env = outside(folder, url)
  return {
    url,
    env,
    publish: async (file) => void (await run('npm', ['publish', file, '--access', 'public'], { cwd: folder, env })),
    close: async () => {
      app.closeAllConnections()
      await new Promise((resolve) => app.close(resolve))
    },
  }
}

/** Nothing of the package manager that runs the tests, nor of the tests, reaches what is run outside. */
const outside = (folder: string, url: string): NodeJS.ProcessEnv => {
  const npmrc = join(folder, 'npmrc')
  // npm does not publish without a token, whatever the registry asks for.
  const token = `${url.replace(/^http:/, '')}:_authToken=nobody`
  const quiet = ['audit=false', 'fund=false', 'update-notifier=false', 'yes=true']
  writeFileSync(npmrc, [`registry=${url}`, token, `cache=${join(folder, 'cache')}`, ...quiet, ''].join('\n'))
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  symlinkSync(process.execPath, join(bin, 'node'))
  const path = (process.env.PATH ?? '').split(delimiter).filter((each) => !each.includes('node_modules'))
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(?:npm_|pnpm_|vitest|node_options$|node_env$|node_path$|init_cwd$|gw_|test$|dev$|prod$)/i.test(name),
  )
  return {
    ...Object.fromEntries(kept),
    PATH: [bin, ...path].join(delimiter),
    NPM_CONFIG_USERCONFIG: npmrc,
    CI: 'true',
    NO_COLOR: '1',
  }
}
