/**
 * `pnpm --filter @gw/console screenshots`: every screen with real data, light and dark, on a phone and on a desk, as
 * pictures to look at; what axe finds serious, what is wider than its window and what a page complains of is told.
 * `--to` says where they go, `--format webp` makes them small, `--only rows,role` which, `--looks wide-light,phone-dark` how, `--database` where Chinook is.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { BrowserContext, Page } from 'playwright-core'
import { overflowOf, seriousProblems } from './axe.ts'
import { type Look, launch, PHONE, settle, signedIn, watch } from './browser.ts'
import build from './built.ts'
import { apiOf, setUp, startGateway } from './gateway.ts'
import { fill } from './pictures/fill.ts'
import { BEFORE, type Pictured, SCREENS } from './pictures/screens.ts'

const CHINOOK = resolve(import.meta.dirname, '../../../../shared/data/chinook/Chinook_Sqlite_AutoIncrementPKs.sqlite')
const { values } = parseArgs({
  options: {
    to: { type: 'string', default: 'dist/screenshots' },
    database: { type: 'string', default: CHINOOK },
    only: { type: 'string' },
    /** `webp` is a third as large. */
    format: { type: 'string', default: 'png' },
    looks: { type: 'string', default: 'wide-light,wide-dark,phone-light,phone-dark' },
  },
})
if (!existsSync(values.database))
  throw new Error(`The Chinook database is not at ${values.database}. Say where it is: --database FILE`)

const DESK = { width: 1440, height: 900 } as const
const lookOf = (name: string): Look => ({
  viewport: name.startsWith('phone') ? PHONE : DESK,
  colorScheme: name.endsWith('dark') ? 'dark' : 'light',
})
const wanted = (screens: readonly Pictured[]) => {
  const only = values.only?.split(',')
  return only ? screens.filter(({ name }) => only.includes(name)) : screens
}

const here = (path: string) => resolve(import.meta.dirname, path)
const PACKAGES = [
  'connectors/sqlite',
  'connectors/local-files',
  'connectors/http',
  'connectors/script-node',
  'system',
  'console',
]

await build()
mkdirSync(values.to, { recursive: true })
const gateway = await startGateway({ connectors: PACKAGES.map((path) => here(`../../${path}`)) })
const browser = await launch()
const problems: string[] = []

const format = values.format === 'webp' ? 'webp' : 'png'
/** Playwright itself writes no WebP. */
const shotOf = async (page: Page): Promise<Buffer> => {
  if (format === 'png') return page.screenshot()
  const debug = await page.context().newCDPSession(page)
  const { data } = await debug.send('Page.captureScreenshot', { format, quality: 85 })
  return Buffer.from(data, 'base64')
}

const picture = async (context: BrowserContext, { name, path, act }: Pictured, look: string): Promise<void> => {
  const { page, complaints } = await watch(await context.newPage(), lookOf(look))
  const told = (problem: string) => void problems.push(`${name}-${look}: ${problem}`)
  try {
    await page.goto(`${gateway.url}/console${path}`)
    await settle(page)
    await act?.(page)
    await settle(page)
    writeFileSync(join(values.to, `${name}-${look}.${format}`), await shotOf(page))
    for (const problem of await seriousProblems(page)) told(problem)
    const overflow = await overflowOf(page)
    if (overflow > 0) told(`wider than its window by ${overflow} pixels`)
    for (const complaint of complaints) told(complaint)
  } catch (error) {
    told(String(error).split('\n')[0] ?? '')
  } finally {
    await page.close()
  }
}

try {
  await setUp(gateway)
  await fill(await apiOf(gateway), gateway, values.database)
  const context = await signedIn(browser, gateway)
  const nobody = await browser.newContext({ reducedMotion: 'reduce' })
  for (const look of values.looks.split(',')) {
    for (const screen of wanted(BEFORE)) await picture(nobody, screen, look)
    for (const screen of wanted(SCREENS)) await picture(context, screen, look)
  }
} finally {
  await browser.close()
  await gateway[Symbol.asyncDispose]()
}
for (const problem of problems) console.log(problem)
console.log(`${problems.length} problems; the pictures are in ${resolve(values.to)}.`)
process.exitCode = problems.length > 0 ? 1 : 0
