import { existsSync } from 'node:fs'
import chromium from '@sparticuz/chromium'
import { type Browser, chromium as playwright } from 'playwright'

/** Browsers a machine may already have, tried when the npm-carried one does not fit the platform. */
const installed = [
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
]

const quiet = [
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-gpu',
]

/**
 * Unpacks the browser that comes inside npm, which happens once on a machine. Two that find nothing at the same moment would both
 * unpack it, and one would start what the other has written half: whoever starts several does this first.
 */
export async function unpackBrowser(): Promise<void> {
  if (process.platform === 'linux' && process.arch === 'x64') await chromium.executablePath()
}

/** A headless browser: the one that comes inside npm on Linux, else one that is installed. Throws when there is none. */
export async function launchBrowser(): Promise<Browser> {
  if (process.platform === 'linux' && process.arch === 'x64') {
    // The package's switches for serverless machines include a single-process mode that loses pages; only the sandbox one is kept.
    return playwright.launch({
      executablePath: await chromium.executablePath(),
      args: ['--no-sandbox', ...quiet],
      headless: true,
    })
  }
  const executablePath = installed.find((path) => existsSync(path))
  if (!executablePath) throw new Error('no browser found: install Chrome, Edge or Chromium')
  return playwright.launch({ executablePath, args: quiet, headless: true })
}
