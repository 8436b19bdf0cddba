/** `vite build` writes what npm gets: static files for `/console`, with nothing that is loaded from elsewhere. */
import { readFileSync } from 'node:fs'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as { version: string }

export default defineConfig({
  base: '/console/',
  plugins: [react(), tailwindcss()],
  define: { __VERSION__: JSON.stringify(version) },
  build: {
    outDir: 'dist/app',
    emptyOutDir: true,
    target: 'es2023',
    // Read by scripts/licenses.ts; what is published leaves them out.
    sourcemap: 'hidden',
    // The policy that the gateway sends forbids code in the page, and images from `data:` are all that it allows there.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
  },
  // `pnpm dev` beside a gateway that runs.
  server: { proxy: { '^/(api|setup|docs)': { target: process.env.GW_URL ?? 'http://127.0.0.1:8080' } } },
})
