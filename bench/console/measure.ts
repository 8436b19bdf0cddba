/// <reference lib="dom" />
/** How long a page of the console takes until it can be used, and what it fetches until then. */
import type { Browser, BrowserContext, Page } from '../../packages/console/test/browser.ts'

/** Milliseconds without a long task after which a page counts as one that listens. */
const QUIET = 400
const TIMEOUT = 120_000

export interface Load {
  /** Milliseconds from the start of the navigation until the page stands and its thread is free. */
  readonly interactive: number
  /** Bytes of script as they came over the wire. */
  readonly script: number
  /** Bytes of everything, fonts and answers of the API included. */
  readonly all: number
  readonly requests: number
}

/**
 * Runs in the page before anything else: notes when the element is there and drawn, and when the last long task
 * ended. A page that stands while a task runs does not listen yet.
 */
const watch = (selector: string): void => {
  const noted = { stands: 0, busyUntil: 0 }
  Object.assign(globalThis, { noted })
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries())
      noted.busyUntil = Math.max(noted.busyUntil, startTime + duration)
  }).observe({ type: 'longtask' as never, buffered: true })
  const look = () => {
    if (!document.querySelector(selector)) return void requestAnimationFrame(look)
    // The frame after the one in which it was put there is the first that shows it.
    requestAnimationFrame(() => setTimeout(() => (noted.stands = performance.now())))
  }
  look()
}

interface Noted {
  readonly stands: number
  readonly busyUntil: number
}
const noted = (page: Page): Promise<Noted> => page.evaluate(() => ({ ...(globalThis as any).noted }))

/** @param selector of what stands when the page can be used */
export const loadOf = async (context: BrowserContext, url: string, selector: string): Promise<Load> => {
  const page = await context.newPage()
  page.setDefaultTimeout(TIMEOUT)
  try {
    await page.addInitScript(watch, selector)
    const sizes: Promise<{ readonly isScript: boolean; readonly bytes: number }>[] = []
    page.on('requestfinished', (request) =>
      sizes.push(
        request
          .sizes()
          // What the browser had kept was not sent.
          .then(({ responseBodySize: bytes }) => ({
            isScript: request.resourceType() === 'script',
            bytes: Math.max(0, bytes),
          })),
      ),
    )
    await page.goto(url)
    await page.waitForFunction(() => (globalThis as any).noted.stands > 0)
    let last = await noted(page)
    for (let quiet = false; !quiet; ) {
      await page.waitForTimeout(QUIET)
      const now = await noted(page)
      quiet = now.busyUntil === last.busyUntil
      last = now
    }
    const fetched = await Promise.all(sizes)
    const sum = (of: typeof fetched) => of.reduce((bytes, one) => bytes + one.bytes, 0)
    return {
      interactive: Math.max(last.stands, last.busyUntil),
      script: sum(fetched.filter(({ isScript }) => isScript)),
      all: sum(fetched),
      requests: fetched.length,
    }
  } finally {
    await page.close()
  }
}

/** With nothing kept from before: a context of its own. */
export const firstLoadOf = async (
  browser: Browser,
  state: Awaited<ReturnType<BrowserContext['storageState']>> | undefined,
  url: string,
  selector: string,
): Promise<Load> => {
  const context = await browser.newContext(state && { storageState: state })
  try {
    return await loadOf(context, url, selector)
  } finally {
    await context.close()
  }
}
