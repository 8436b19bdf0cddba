export { createFileState } from './file.ts'
export { createMemoryState } from './memory.ts'
