import { registerHooks } from 'node:module'

/**
 * `node --import register.ts out/main/index.js` runs the built main bundle: whoever imports `electron`, our code or a
 * library, gets the stand-in. Nothing of the real package is resolved, so nothing is downloaded.
 */
registerHooks({
  resolve(specifier, context, next) {
    if (specifier !== 'electron') return next(specifier, context)
    return { url: new URL('./electron.ts', import.meta.url).href, shortCircuit: true }
  },
})
