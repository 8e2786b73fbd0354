import { EventEmitter } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { App } from 'electron'
import { questions, record } from './control.ts'

type AppPart = Pick<
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
> & { on(event: string, listener: (...values: never[]) => void): unknown }

const events = new EventEmitter()
const paths = new Map<string, string>([['userData', join(tmpdir(), 'electron-stand-in')]])
const closers: (() => Promise<void>)[] = []
let ready = false
let quitting = false

/** Runs before the process ends. */
export function onExit(close: () => Promise<void>): void {
  closers.push(close)
}

export const isReady = () => ready

async function exit(code: number) {
  for (const close of closers) await close().catch(() => undefined)
  process.exit(code)
}

/** Asks everyone who listens, as Electron does; anyone may keep the app open by preventing the default. */
function quit() {
  let prevented = false
  events.emit('before-quit', {
    preventDefault() {
      prevented = true
    },
  })
  record('before-quit', { prevented })
  if (prevented || quitting) return
  quitting = true
  events.emit('will-quit', { preventDefault() {} })
  void exit(0)
}

export const app: AppPart = {
  on: (event, listener) => events.on(event, listener as (...values: unknown[]) => void),
  async whenReady() {
    // Privileged schemes and the sandbox may only be set before this.
    await new Promise((resolve) => setTimeout(resolve, 10))
    ready = true
  },
  getPath: (name) => paths.get(name) ?? tmpdir(),
  setPath(name, path) {
    paths.set(name, path)
  },
  getName: () => 'Counterfoil',
  getVersion: () => '0.0.0-stand-in',
  requestSingleInstanceLock() {
    record('requestSingleInstanceLock', true)
    return true
  },
  enableSandbox() {
    record('enableSandbox', { beforeReady: !ready })
  },
  quit,
  exit(code = 0) {
    void exit(code)
  },
}

questions.set('quit', () => quit())
questions.set('second-instance', () => events.emit('second-instance', {}, [], ''))
questions.set('window-all-closed', () => events.emit('window-all-closed'))
