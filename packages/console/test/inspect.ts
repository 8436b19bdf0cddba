/** What every page has to be, whatever it shows. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { overflowOf, seriousProblems } from './axe.ts'
import { settle } from './browser.ts'

/** Nothing serious for who sees, hears or points differently; and a picture where `GW_SCREENSHOTS` names a folder. */
export const inspect = async (page: Page, name: string): Promise<void> => {
  await settle(page)
  const folder = process.env.GW_SCREENSHOTS
  if (folder) await page.screenshot({ path: `${folder}/${name}.png` })
  expect(await seriousProblems(page), name).toEqual([])
  expect(await overflowOf(page), `${name} is wider than its window`).toBeLessThanOrEqual(0)
}
