/** The body of an import, made while it is sent. */
import type { Scale } from '../scale.ts'

/** Characters of one piece. */
const PIECE = 60_000

/** Records as NDJSON, numbered from 1. */
export function* records({ rows, note }: Scale): Generator<string> {
  const filler = 'y'.repeat(note)
  let text = ''
  for (let id = 1; id <= rows; id++) {
    text += `{"id":${id},"name":"n${id % 1000}","amount":${id % 100}.5,"note":"${filler}","created":"2026-01-01 00:00:00"}\n`
    if (text.length < PIECE) continue
    yield text
    text = ''
  }
  yield text
}
