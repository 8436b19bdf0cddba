export { createStatics, type Statics } from './serve.ts'
