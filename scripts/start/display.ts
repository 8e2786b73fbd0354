import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** Whether windows can be shown: always on Windows and macOS, with a display server elsewhere. */
export function hasDisplay(environment: Record<string, string | undefined> = process.env): boolean {
  if (process.platform === 'win32' || process.platform === 'darwin') return true
  return Boolean(environment.DISPLAY || environment.WAYLAND_DISPLAY)
}

/** Electron's program if it lies on this machine. Looks at files only: requiring the package would start a download. */
export function findElectron(): string | undefined {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve('electron/package.json'))
    const program = join(folder, 'dist', readFileSync(join(folder, 'path.txt'), 'utf8'))
    return existsSync(program) ? program : undefined
  } catch {
    return undefined
  }
}

/** Lets Electron's package fetch its program, for at most two minutes. False when it cannot be had. */
export async function fetchElectron(): Promise<boolean> {
  let installer: string
  try {
    installer = createRequire(import.meta.url).resolve('electron/install.js')
  } catch {
    return false
  }
  const child = spawn(process.execPath, [installer], { stdio: 'ignore', timeout: 120_000 })
  return new Promise((resolve) => {
    child.once('error', () => resolve(false))
    child.once('exit', (code) => resolve(code === 0 && findElectron() !== undefined))
  })
}

const programFolders = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].map((name) => process.env[name])
const candidates: Partial<Record<NodeJS.Platform, string[]>> = {
  win32: programFolders.flatMap((folder) =>
    folder
      ? [
          join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe'),
          join(folder, 'Microsoft', 'Edge', 'Application', 'msedge.exe'),
          join(folder, 'Chromium', 'Application', 'chrome.exe'),
        ]
      : [],
  ),
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ],
}

/** An installed Chrome, Edge or Chromium, which can show a page as a window of its own. */
export function findBrowser(): string | undefined {
  const named = ['google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser', 'microsoft-edge']
  const onPath = (process.env.PATH ?? '').split(':').flatMap((folder) => named.map((name) => join(folder, name)))
  return (candidates[process.platform] ?? onPath).find((path) => existsSync(path))
}
