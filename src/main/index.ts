import { fileURLToPath } from 'node:url'
import { startElectron } from './electron/start-electron.ts'

/** Beside the built bundle, out/main/index.js. In a variable, so that no bundler takes it for an asset. */
const beside = (path: string) => new URL(path, import.meta.url)

startElectron({
  preload: fileURLToPath(beside('../preload/index.cjs')),
  rendererFolder: fileURLToPath(beside('../renderer')),
  resourcesFolder: fileURLToPath(beside('../../resources')),
  storeWorker: beside('./store-worker.js'),
})
