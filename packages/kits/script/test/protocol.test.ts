import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BrokenFrame, frameOf, type Report, reportReader } from '../src/protocol.ts'

/** Reports have the form of orders. */
const framed = (value: unknown): Buffer => frameOf(value as never)

describe('reports of a worker', () => {
  test('are the same however they are cut into pieces', () => {
    const reports = fc.array(fc.record({ type: fc.constant('log'), run: fc.string(), text: fc.string() }))
    fc.assert(
      fc.property(reports, fc.array(fc.integer({ min: 1, max: 20 })), (sent, cuts) => {
        const all = Buffer.concat(sent.map(framed))
        const heard: Report[] = []
        const read = reportReader(1_000_000, (report) => heard.push(report))
        let at = 0
        for (const cut of [...cuts, all.length]) {
          if (at < all.length) read(all.subarray(at, at + cut))
          at += cut
        }
        if (at < all.length) read(all.subarray(at))
        expect(heard).toEqual(sent)
      }),
    )
  })

  test('beyond the limit, and what is no report, are refused before they are held', () => {
    const read = (bytes: Buffer) => () => reportReader(100, () => {})(bytes)
    expect(read(Buffer.from([0x7f, 0xff, 0xff, 0xff]))).toThrow(BrokenFrame)
    expect(read(framed('x'.repeat(100)))).toThrow(/size/)
    const broken = ['text', null, 5, [], {}, { type: 'other' }]
    for (const value of broken) expect(read(framed(value)), JSON.stringify(value)).toThrow(/form/)
    expect(read(Buffer.concat([Buffer.from([0, 0, 0, 2]), Buffer.from('{"')]))).toThrow(/form/)
  })
})
