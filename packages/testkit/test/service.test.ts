import { afterAll, beforeAll } from 'vitest'
import { conformance } from '../src/index.ts'
import { startWeather, weatherOptions } from './seeded/services.ts'

let stop: () => void
beforeAll(async () => {
  stop = await startWeather()
})
afterAll(() => stop())

conformance(weatherOptions)
