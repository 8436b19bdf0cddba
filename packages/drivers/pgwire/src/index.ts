export { databaseError } from './failure.ts'
export { frames, type OnMessage } from './frames.ts'
export { textCells } from './rows.ts'
export { type Bind, type Question, type Session, takeOver } from './session.ts'
