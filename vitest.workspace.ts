/** One vitest project per package; `vitest.config.ts` reads this list. */
export default [
  'packages/!(kits|drivers|connectors)',
  'packages/{kits,drivers,connectors}/*',
  'examples/*',
  'scripts',
  'bench',
  'stress',
]
