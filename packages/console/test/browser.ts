/** A browser for the suites, and what every page has to be. */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'
import { ADMIN, type Gateway } from './gateway.ts'

const CHROMIUM = process.env.GW_CHROMIUM ?? '/usr/bin/chromium'
/** For the names of suites; empty where there is a browser. */
export const missing = existsSync(CHROMIUM) ? '' : ` (skipped: there is no browser at ${CHROMIUM})`

/** Generous: a machine may be ten times slower. */
const PATIENCE = 60_000
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking']

export const launch = (): Promise<Browser> => chromium.launch({ executablePath: CHROMIUM, args: FLAGS })

export const PHONE = { width: 390, height: 844 } as const
export const WIDE = { width: 1360, height: 900 } as const

export interface Opened {
  readonly page: Page
  /** What the page complained of: errors of scripts, and whatever its policy forbade. */
  readonly complaints: readonly string[]
}

export const openPage = async (browser: Browser, options: BrowserContextOptions = {}): Promise<Opened> => {
  const context = await browser.newContext({ viewport: WIDE, reducedMotion: 'reduce', ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(PATIENCE)
  const complaints: string[] = []
  page.on('pageerror', (error) => void complaints.push(error.message))
  page.on('console', (message) => {
    // A refused call is an answer like any other; the browser writes it into its console all the same.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text())
  })
  return { page, complaints }
}

export const signIn = async (page: Page, { url }: Gateway): Promise<void> => {
  await page.goto(`${url}/console/sign-in`)
  await page.getByLabel('Email address').fill(ADMIN.email)
  await page.getByLabel('Password').fill(ADMIN.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.locator('#content').waitFor()
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe finds of the impact "serious" or worse, each as one line. */
export const seriousProblems = async (page: Page): Promise<readonly string[]> => {
  // Through the debugger: the page's own policy would not let it in.
  await page.evaluate(AXE)
  const { violations } = await page.evaluate(() =>
    (globalThis as any).axe.run(document, { resultTypes: ['violations'] }),
  )
  return violations
    .filter(({ impact }: { impact: string }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }: { id: string; nodes: { html: string; failureSummary: string }[] }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary.replace(/\s+/g, ' ')}`),
    )
}

/** Nothing serious for who sees, hears or points differently; and a picture where `GW_SCREENSHOTS` names a folder. */
export const inspect = async (page: Page, name: string): Promise<void> => {
  await page.waitForLoadState('networkidle')
  const folder = process.env.GW_SCREENSHOTS
  if (folder) await page.screenshot({ path: `${folder}/${name}.png` })
  expect(await seriousProblems(page), name).toEqual([])
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  )
  expect(overflow, `${name} is wider than its window`).toBeLessThanOrEqual(0)
}
