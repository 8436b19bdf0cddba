/** Calls through a gateway with the service. */
import { openGateway, type TestGateway } from '@gw/testkit'
import { onTestFinished } from 'vitest'
import github from '../src/index.ts'
import { configOf, startHost, type TestHost } from './emulator.ts'

export interface Opened extends Pick<TestGateway, 'ask' | 'gateway' | 'log'> {
  readonly host: TestHost
}

/** A host and a gateway before it, for one test. @param config beside, or in place of, the usual one */
export const opened = async (
  config: Readonly<Record<string, unknown>> = {},
  { seed = {}, below }: { readonly seed?: object; readonly below?: string } = {},
): Promise<Opened> => {
  const host = await startHost(seed, below)
  const whole = { ...configOf(host), ...config }
  const given = Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined))
  const { ask, gateway, log, close } = await openGateway({ services: { db: { type: github, config: given } } })
  onTestFinished(async () => {
    await close()
    await host.close()
  })
  return { ask, gateway, log, host }
}
