/**
 * A stand-in for the few Electron modules the shell uses, for machines where Electron's program cannot be had. It is not
 * Electron: the page runs in a headless Chromium without a window, under an https address in place of `app:`, and preload
 * and page share one world. What it does prove: channel names, what the preload exposes, window options, protocol paths,
 * permission handlers, navigation guards and the order of the lifecycle, all of the built bundles.
 */
import type { App, Dialog, Protocol, SafeStorage } from 'electron'
import { app as appPart } from './app.ts'
import { StandInWindow } from './browser-window.ts'
import { answerTest, record } from './control.ts'
import { ipcMain as ipcMainPart } from './ipc-main.ts'
import { pageProtocol, session as sessionPart } from './session.ts'

export const app: Pick<
  App,
  | 'whenReady'
  | 'getPath'
  | 'setPath'
  | 'getName'
  | 'getVersion'
  | 'requestSingleInstanceLock'
  | 'enableSandbox'
  | 'quit'
  | 'exit'
> = appPart
export const BrowserWindow = StandInWindow
export const ipcMain = ipcMainPart
export const session = sessionPart
export const protocol: Pick<Protocol, 'registerSchemesAsPrivileged'> = pageProtocol
export const dialog: Pick<Dialog, 'showErrorBox'> = {
  showErrorBox: (title, content) => record('errorBox', { title, content }),
}

/** Not a key chain: turns the text round, so that a test can tell sealed from plain. */
export const safeStorage: Pick<SafeStorage, 'isEncryptionAvailable' | 'encryptString' | 'decryptString'> = {
  isEncryptionAvailable: () => true,
  encryptString: (text) => Buffer.from(`sealed:${[...text].reverse().join('')}`),
  decryptString: (sealed) => [...sealed.toString().slice('sealed:'.length)].reverse().join(''),
}
export const shell = {}

export default { app, BrowserWindow, ipcMain, session, protocol, dialog, safeStorage, shell }

answerTest()
