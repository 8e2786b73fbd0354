import { unpackBrowser } from '../../../scripts/support/browser.ts'

/** Vitest calls this before the first file of a run. */
export default unpackBrowser
