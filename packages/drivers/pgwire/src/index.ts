export { databaseError } from './failure.ts'
export { frames, type OnMessage } from './frames.ts'
export { eachCell, textCells } from './rows.ts'
export { type Question, type Session, takeOver, whenIdle } from './session.ts'
