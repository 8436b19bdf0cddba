import { describe, expect, onTestFinished, test } from 'vitest'
import { disabledReason } from '../src/disabled.ts'
import { createEngine } from '../src/engine.ts'
import { javascript } from './languages.ts'

const python = { name: 'python', aliases: ['python3'] }

describe('languages that are switched off', () => {
  test.each([
    [{}, undefined],
    [{ GW_SCRIPTING_DISABLE: '' }, undefined],
    [{ GW_SCRIPTING_DISABLE: 'nodejs,php' }, undefined],
    [{ DF_SCRIPTING_DISABLE: 'all' }, 'All scripting is disabled for this instance.'],
    [{ GW_SCRIPTING_DISABLE: 'TRUE' }, 'All scripting is disabled for this instance.'],
    [{ DF_SCRIPTING_DISABLE: 'python' }, 'Scripting with python is disabled for this instance.'],
    [{ GW_SCRIPTING_DISABLE: 'php, Python3' }, 'Scripting with python3 is disabled for this instance.'],
    [
      { GW_SCRIPTING_DISABLE: 'php', DF_SCRIPTING_DISABLE: 'python' },
      'Scripting with python is disabled for this instance.',
    ],
  ])('are those that %j names', (environment, reason) => {
    expect(disabledReason(python, environment)).toBe(reason)
  })

  test('do not run, with 503, and are not among those that run here', async () => {
    process.env.DF_SCRIPTING_DISABLE = 'nodejs'
    onTestFinished(() => {
      delete process.env.DF_SCRIPTING_DISABLE
    })
    const engine = createEngine(javascript())
    const reason = 'Scripting with nodejs is disabled for this instance.'
    expect((await engine.inspect()).missing).toBe(reason)
    const script = engine.open({ name: 'test', content: 'return 1' }, {} as never)
    await expect(script.run({} as never)).rejects.toMatchObject({ code: 'unavailable', message: reason })
  })
})
