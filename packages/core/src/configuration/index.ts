export * from './problems.ts'
export * from './schema.ts'
