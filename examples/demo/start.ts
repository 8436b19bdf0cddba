/**
 * `pnpm start`: a gateway on a sample shop. Makes the shop's database and an API key where there are none, then is
 * `gw start` with this folder's gw.config.json. PORT and GW_API_KEY go before the defaults.
 *
 *   node start.ts [folder with another gw.config.json]
 */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { ensureShop } from './shop/database.ts'

const HOST = '127.0.0.1'
const folder = resolve(process.argv[2] ?? import.meta.dirname)

/** @returns the port that was free, or why it is not */
const probePort = (port: number): Promise<number | NodeJS.ErrnoException> =>
  new Promise((settle) => {
    const server = createServer()
    server.once('error', settle)
    server.listen(port, HOST, () => {
      const { port: free } = server.address() as { port: number }
      server.close(() => settle(free))
    })
  })

const fail = (message: string): never => {
  console.error(message)
  process.exit(1)
}

const wanted = process.env.PORT || '8080'
if (!/^\d{1,5}$/.test(wanted) || Number(wanted) > 65535) fail(`PORT is "${wanted}"; it takes a number from 0 to 65535.`)
const port = await probePort(Number(wanted))
if (typeof port !== 'number') {
  const reason = port.code === 'EADDRINUSE' ? 'is used by another program' : `cannot be used (${port.code})`
  fail(`Port ${wanted} ${reason}. Take another one, for example: PORT=8081 npx -y pnpm@12 start`)
}
process.env.PORT = String(port)
process.env.GW_API_KEY ||= randomBytes(24).toString('base64url')
const key = process.env.GW_API_KEY
const made = ensureShop(join(folder, 'data', 'demo.sqlite'))

const api = `http://${HOST}:${port}/api/v2/demo/_table/customers`
const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`
const header = quote(`X-DreamFactory-API-Key: ${key}`)

const announce = async (): Promise<void> => {
  // The gateway listens once its services have settled; if it cannot, it says so and ends this process.
  let answer: Response | undefined
  while (!answer) {
    await delay(50)
    answer = await fetch(`${api}?limit=1`, { headers: { 'X-DreamFactory-API-Key': key } }).catch(() => undefined)
  }
  if (!answer.ok) return console.error(`The sample shop does not answer: ${await answer.text()}`)
  console.log(`
${made ? 'Made a sample shop, and serve it' : 'Serving the sample shop'} at http://${HOST}:${port}/api/v2/demo

  API key  ${key}
  Docs     http://${HOST}:${port}/docs/

Read ten customers:
  curl -H ${header} '${api}?limit=10'

Change one:
  curl -X PATCH -H ${header} -H 'Content-Type: application/json' -d '{"city":"Vienna","country":"AT"}' '${api}/1?fields=*'

Add a service: edit ${join(folder, 'gw.config.json')} and save. Stop: Ctrl+C
`)
}

// The `gw` command itself, in this process, so that signals and its exit code are its own.
const manifest = fileURLToPath(import.meta.resolve('@gw/core/package.json'))
const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin: { gw: string } }
const program = join(dirname(manifest), bin.gw)
process.argv = [process.execPath, program, 'start', '--config', join(folder, 'gw.config.json'), '--host', HOST]
void announce()
await import(pathToFileURL(program).href)
