/// <reference lib="dom" />
/** A browser for the suites and for whoever else looks at the console: its pages, and when they have come to rest. */
import { existsSync } from 'node:fs'
import { type Browser, type BrowserContext, chromium, type Page, type Request } from 'playwright-core'
import { ADMIN, type Gateway } from './gateway.ts'

export type { Browser, BrowserContext, Page } from 'playwright-core'

const CHROMIUM = process.env.GW_CHROMIUM ?? '/usr/bin/chromium'
/** For the names of suites; empty where there is a browser. */
export const missing = existsSync(CHROMIUM) ? '' : ` (skipped: there is no browser at ${CHROMIUM})`

/** Generous: a machine may be ten times slower. */
const PATIENCE = 60_000
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking']

export const launch = (): Promise<Browser> => chromium.launch({ executablePath: CHROMIUM, args: FLAGS })

export const PHONE = { width: 390, height: 844 } as const
export const WIDE = { width: 1360, height: 900 } as const

/** How a page is looked at. */
export interface Look {
  readonly viewport?: { readonly width: number; readonly height: number }
  readonly colorScheme?: 'light' | 'dark'
}

export interface Opened {
  readonly page: Page
  /** What the page complained of: errors of scripts, and whatever its policy forbade. */
  readonly complaints: readonly string[]
}

/** What each page has asked for and not got yet. */
const asked = new WeakMap<Page, Set<Request>>()

/** Makes a new page one that is looked at in some way, and listened to. */
export const watch = async (page: Page, { viewport = WIDE, colorScheme = 'light' }: Look = {}): Promise<Opened> => {
  page.setDefaultTimeout(PATIENCE)
  await page.setViewportSize(viewport)
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
  const complaints: string[] = []
  page.on('pageerror', (error) => void complaints.push(error.message))
  page.on('console', (message) => {
    // A refused call is an answer like any other; the browser writes it into its console all the same.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text())
  })
  const open = new Set<Request>()
  asked.set(page, open)
  page.on('request', (request) => {
    // Whoever leaves waits for nothing any more.
    if (request.isNavigationRequest() && request.frame() === page.mainFrame()) open.clear()
    open.add(request)
  })
  page.on('requestfinished', (request) => void open.delete(request))
  page.on('requestfailed', (request) => void open.delete(request))
  return { page, complaints }
}

/** A page that shares nothing with the others, so that nobody is signed in. */
export const openPage = async (browser: Browser, look: Look = {}): Promise<Opened> =>
  watch(await (await browser.newContext()).newPage(), look)

/** Signs in beside the pages: what the form does has a test of its own. */
export const signedIn = async (browser: Browser, { url }: Pick<Gateway, 'url'>): Promise<BrowserContext> => {
  const context = await browser.newContext({ reducedMotion: 'reduce' })
  const { email, password } = ADMIN
  const answer = await context.request.post(`${url}/api/v2/system/admin/session`, {
    headers: { 'x-gw-session': 'cookie' },
    data: { email, password },
  })
  if (!answer.ok()) throw new Error(`Nobody could sign in: ${await answer.text()}`)
  return context
}

/** Until the page has all that it asked for, and has drawn it. @throws where it never comes to rest */
export const settle = async (page: Page): Promise<void> => {
  const open = asked.get(page) ?? new Set()
  const patient = performance.now() + PATIENCE
  // Once may be just between an answer and what is asked because of it.
  for (let calm = 0; performance.now() < patient; ) {
    calm = open.size === 0 ? calm + 1 : 0
    if (calm > 2) return
    // What was answered is worked upon and drawn before the page has nothing to do.
    await page.evaluate(
      () => new Promise((idle) => requestAnimationFrame(() => requestAnimationFrame(() => requestIdleCallback(idle)))),
    )
  }
  throw new Error(`The page still waits for ${[...open].map((request) => request.url()).join(', ')}.`)
}
