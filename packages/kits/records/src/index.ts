export * from './catalog.ts'
export * from './plan.ts'
export * from './source.ts'
