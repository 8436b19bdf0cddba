/** One vitest project per package; `vitest.config.ts` reads this list. */
export default ['packages/!(kits|connectors)', 'packages/{kits,connectors}/*', 'examples/*', 'scripts']
