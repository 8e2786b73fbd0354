import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'

const at = (path: string) => resolve(import.meta.dirname, path)

/**
 * One build, two shells: `out/main/index.js` is Electron's entry, `out/main/serve.js` the plain Node one, both over the same core.
 * The preload must be one CommonJS file with everything inside, or the renderer's sandbox cannot stay on.
 */
export default defineConfig({
  main: {
    build: {
      externalizeDeps: true,
      rollupOptions: {
        input: {
          index: at('src/main/index.ts'),
          serve: at('src/main/serve.ts'),
          'store-worker': at('src/main/core/storage/store-worker.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      externalizeDeps: false,
      rollupOptions: {
        input: { index: at('src/preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
      },
    },
  },
  renderer: {
    root: at('src/renderer'),
    plugins: [react()],
    build: {
      outDir: at('out/renderer'),
      // Off by default for desktop programs; the same page is also served to browsers.
      minify: true,
      rollupOptions: { input: { index: at('src/renderer/index.html') } },
    },
  },
})
