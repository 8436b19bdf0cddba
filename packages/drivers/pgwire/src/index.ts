export { databaseError } from './failure.ts'
export { type Frames, frames, type OnMessage } from './frames.ts'
export { type Cells, eachCell, textCells } from './rows.ts'
export { type Question, type Wire, whenIdle, wireOn } from './wire.ts'
