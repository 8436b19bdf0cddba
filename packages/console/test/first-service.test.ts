/** From a gateway that was just started to the first answered call of a new data source. */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launch, missing, openPage } from './browser.ts'
import { ADMIN, type Gateway, startGateway } from './gateway.ts'
import { inspect } from './inspect.ts'

/** More than this, and a newcomer gives up. */
const MOST = 15

const makeShop = (folder: string): void => {
  const database = new DatabaseSync(join(folder, 'shop.db'))
  database.exec(`create table customers (id integer primary key, name text not null, city text);
    insert into customers (name, city) values ('Ada Lovelace', 'London'), ('Hedy Lamarr', 'Vienna')`)
  database.close()
}

/** Counts what a person does: a field filled in, a button pressed. */
const counting = () => {
  let count = 0
  return {
    count: () => count,
    async act(action: Promise<unknown>) {
      await action
      count++
    },
  }
}

describe.skipIf(missing !== '')(`the first service${missing}`, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser?.close())

  const answered = async (page: Page) => {
    const answer = page.getByRole('status').filter({ hasText: 'Answer' })
    await expect.poll(() => answer.textContent()).toMatch(/200 in \d+ ms/)
    await expect.poll(() => answer.textContent()).toContain('Hedy Lamarr')
  }

  test(`takes at most ${MOST} actions with the mouse`, async () => {
    await using gateway: Gateway = await startGateway()
    makeShop(gateway.folder)
    const { page, complaints } = await openPage(browser)
    const { act, count } = counting()
    await page.goto(`${gateway.url}/`)
    await page.waitForURL(/\/console\/setup$/)
    await inspect(page, 'setup')
    await act(page.getByLabel('Set-up code').fill(gateway.setupCode))
    await act(page.getByLabel('Your name').fill(ADMIN.name))
    await act(page.getByLabel('Email address').fill(ADMIN.email))
    await act(page.getByLabel('Password').fill(ADMIN.password))
    await act(page.getByRole('button', { name: 'Create the administrator' }).click())
    await page.getByRole('heading', { name: 'Connect your first data source' }).waitFor()
    await inspect(page, 'choose')
    await act(page.getByRole('link', { name: /^SQLite/ }).click())
    await act(page.getByLabel('Name', { exact: false }).first().fill('shop'))
    await page.getByText('Address: /api/v2/shop/').waitFor()
    await act(page.getByLabel('Database').fill('shop.db'))
    await inspect(page, 'new-service')
    await act(page.getByRole('button', { name: 'Test connection' }).click())
    await page.getByText(/^It works\./).waitFor()
    await inspect(page, 'new-service-tested')
    await act(page.getByRole('button', { name: 'Create service' }).click())
    await page.waitForURL(/\/services\/shop$/)
    expect(await page.getByLabel('Path').inputValue()).toBe('/_table/customers?limit=5')
    await act(page.getByRole('button', { name: 'Send' }).click())
    await answered(page)
    await inspect(page, 'first-call')
    expect(count()).toBeLessThanOrEqual(MOST)
    expect(complaints).toEqual([])
  })

  test('can be made with the keyboard alone', async () => {
    await using gateway: Gateway = await startGateway()
    makeShop(gateway.folder)
    const { page } = await openPage(browser)
    const focused = () =>
      page.evaluate(() => {
        const { activeElement: at } = document
        return (
          (at as HTMLInputElement)?.labels?.[0]?.textContent ?? at?.getAttribute('aria-label') ?? at?.textContent ?? ''
        )
      })
    /** Tab until what has the focus is called so. */
    const reach = async (name: RegExp, most = 60) => {
      for (let turn = 0; turn < most; turn++) {
        if (name.test(await focused())) return
        await page.keyboard.press('Tab')
      }
      throw new Error(`Tab does not lead to ${name}; it ends at ${await focused()}`)
    }
    const type = async (name: RegExp, text: string) => {
      await reach(name)
      await page.keyboard.type(text)
    }
    await page.goto(`${gateway.url}/console/`)
    await page.waitForURL(/\/setup$/)
    await page.getByLabel('Set-up code').waitFor()
    await type(/^Set-up code/, gateway.setupCode)
    await type(/^Your name/, ADMIN.name)
    await type(/^Email address/, ADMIN.email)
    await type(/^Password/, ADMIN.password)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Connect your first data source' }).waitFor()
    await type(/^Search types/, 'sqlite')
    await reach(/^SQLite/)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Connect SQLite' }).waitFor()
    await type(/^Name/, 'shop')
    await type(/^Database/, 'shop.db')
    await reach(/^Test connection/)
    await page.keyboard.press('Enter')
    await page.getByText(/^It works\./).waitFor()
    await reach(/^Create service/)
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/services\/shop$/)
    await page.getByLabel('Path').waitFor()
    await reach(/^Send/)
    await page.keyboard.press('Enter')
    await answered(page)
  })
})
