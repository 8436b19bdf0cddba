/** What the suites share: a gateway that is set up, a browser, and pages of the administrator who is signed in. */
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { type Look, launch, type Opened, openPage, signedIn, watch } from './browser.ts'
import { type Api, apiOf, type Gateway, setUp, startGateway } from './gateway.ts'

export interface ConsoleOptions {
  /** Of `gw.config`, beside the connectors. */
  readonly config?: object
  /** Puts in what the suite looks at, before the first page is opened. */
  readonly fill?: (api: Api, gateway: Gateway) => Promise<unknown>
}

export interface OpenedConsole {
  /** Stands only while tests run, as all that is here. */
  readonly gateway: Pick<Gateway, 'url' | 'folder' | 'leave'>
  readonly api: Api
  /** A page of the administrator, at an address below `/console`. It is closed when its test ends. */
  readonly open: (path: string, look?: Look) => Promise<Opened>
  /** A page of somebody who has not signed in, and who shares nothing with the others. */
  readonly visit: (look?: Look) => Promise<Opened>
}

/** For a `describe`: everything stands before its first test, and is gone after its last. */
export const openConsole = ({ config, fill }: ConsoleOptions = {}): OpenedConsole => {
  let gateway: Gateway
  let browser: Browser
  let context: BrowserContext
  let api: Api
  const pages: Page[] = []

  beforeAll(async () => {
    const starting = [startGateway(config), launch()] as const
    // Each is known as soon as it stands, so that one that fails does not leave the other behind.
    starting[0].then((started) => (gateway = started)).catch(() => undefined)
    starting[1].then((launched) => (browser = launched)).catch(() => undefined)
    await Promise.allSettled(starting)
    await Promise.all(starting)
    await setUp(gateway)
    api = await apiOf(gateway)
    context = await signedIn(browser, gateway)
    await fill?.(api, gateway)
  })
  afterEach(async () => {
    await Promise.all(pages.splice(0).map((page) => page.close()))
  })
  afterAll(async () => {
    await Promise.all([browser?.close(), gateway?.[Symbol.asyncDispose]()])
  })

  return {
    gateway: {
      get url() {
        return gateway.url
      },
      get folder() {
        return gateway.folder
      },
      leave: () => gateway.leave(),
    },
    api: (method, path, body) => api(method, path, body),
    async open(path, look) {
      // One context: scripts and styles are fetched and compiled once.
      const opened = await watch(await context.newPage(), look)
      pages.push(opened.page)
      await opened.page.goto(`${gateway.url}/console${path}`)
      return opened
    },
    async visit(look) {
      const opened = await openPage(browser, look)
      pages.push(opened.page)
      return opened
    },
  }
}
