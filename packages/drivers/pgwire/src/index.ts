export { databaseError } from './failure.ts'
export { type Frames, frames, type OnMessage } from './frames.ts'
export { type CellBounds, cellBounds, textCells } from './rows.ts'
export { type Question, type Wire, whenIdle, wireOn } from './wire.ts'
