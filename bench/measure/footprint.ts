/** How soon a system answers, and what memory it needs. */
import { setTimeout as delay } from 'node:timers/promises'
import { familyMemory } from '../systems/process.ts'
import type { Target } from '../systems/target.ts'

export interface Footprint {
  /** From spawning it to its first good answer, ms. */
  readonly startup: readonly number[]
  /** A second after that, MB. */
  readonly idle: readonly number[]
  /** The most it ever had, MB. */
  readonly peak: number
}

/** How long a system is left alone before its idle memory is read, ms. */
const REST = 1_000

/**
 * Starts a system a few times; the last one stays.
 * @returns it, and what tells its footprint whenever it is asked
 */
export const startMeasured = async (
  starts: number,
  start: () => Promise<Target>,
): Promise<{ readonly target: Target; footprint(): Footprint }> => {
  const startup: number[] = []
  const idle: number[] = []
  for (let time = 1; ; time += 1) {
    const target = await start()
    await delay(REST)
    startup.push(target.startup)
    idle.push(familyMemory(target.pid).now)
    if (time >= starts) {
      return { target, footprint: () => ({ startup, idle, peak: familyMemory(target.pid).peak }) }
    }
    await target.stop()
  }
}
