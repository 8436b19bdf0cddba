import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { accessLine, createLogger } from '../src/log/index.ts'
import { recentLines } from '../src/log/recent.ts'

const texts = (lines: ReturnType<typeof recentLines>, after = 0) =>
  [...lines.since(after)].reverse().map(({ sequence, text }) => [sequence, text])

test('the last lines are kept in order, and the oldest make room', () => {
  const lines = recentLines(3, 10_000)
  expect([lines.last, texts(lines)]).toEqual([0, []])
  for (const text of ['a', 'b', 'c', 'd', 'e']) lines.push(text)
  expect(texts(lines)).toEqual([
    [3, 'c'],
    [4, 'd'],
    [5, 'e'],
  ])
  expect(texts(lines, 4)).toEqual([[5, 'e']])
  expect([lines.first, lines.last]).toEqual([3, 5])
})

test('where lines are long, fewer are kept, whole, whatever they hold', () => {
  const lines = recentLines(50, 2_000)
  const written: string[] = []
  for (let at = 0; at < 500; at++) {
    const text = `${at} ${'ä€😀x'.repeat(at % 23)}`
    written.push(text)
    lines.push(text)
    const kept = [...lines.since(0)]
    for (const { sequence, text: found } of kept) expect(found).toBe(written[sequence - 1])
    expect(kept[0]!.sequence).toBe(at + 1)
    expect(kept.map(({ sequence }) => sequence)).toEqual(kept.map((_, index) => at + 1 - index))
    expect(kept.length).toBeLessThanOrEqual(50)
    // There is always room for several.
    if (at > 10) expect(kept.length).toBeGreaterThan(3)
  }
  // One that would drive out all others is left out.
  lines.push('x'.repeat(5_000))
  expect(lines.last).toBe(500)
})

test('the log keeps its lines from when somebody asks, masked as they are written', async () => {
  const out: string[] = []
  const destination = new Writable({
    write(chunk, _, done) {
      out.push(String(chunk))
      done()
    },
  })
  const log = createLogger({ level: 'info', format: 'json', destination })
  log.logger.info('before')
  const recent = log.recent()
  log.logger.warn('a warning', { password: 'hunter2', url: 'postgres://me:hunter2@db/x' })
  log.logger.debug('too little')
  log.append(
    accessLine({
      id: 'r1',
      method: 'GET',
      path: '/api/v2/db?api_key=hunter2&x=1',
      status: 200,
      duration: 1,
      service: 'db',
    }),
  )
  log.child({ service: 'db' }).error('failed', { error: new Error('token=hunter2hunter2') })
  await log.flush()
  expect(recent).toBe(log.recent())
  const kept = texts(recent).map(([, text]) => text as string)
  expect(kept).toEqual(
    out
      .join('')
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => `${line}\n`),
  )
  expect(kept).toHaveLength(3)
  expect(kept.join('')).not.toContain('hunter2')
})
