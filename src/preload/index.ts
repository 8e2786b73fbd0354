import { contextBridge, ipcRenderer } from 'electron'
import type { AppEvent } from '../shared/contract/events.ts'

/** The two channels between page and core. Repeated in src/main/electron/ipc-host.ts, because a preload stands alone. */
const callChannel = 'counterfoil:call'
const eventChannel = 'counterfoil:event'

const bridge = {
  shell: 'electron',
  call: (name: string, input: unknown): Promise<unknown> => ipcRenderer.invoke(callChannel, { name, input }),
  on(listener: (event: AppEvent) => void): () => void {
    // The page gets the event's content and never Electron's own object, which carries the sender.
    const forward = (_event: unknown, content: AppEvent) => listener(content)
    ipcRenderer.on(eventChannel, forward)
    return () => {
      ipcRenderer.removeListener(eventChannel, forward)
    }
  },
}

contextBridge.exposeInMainWorld('counterfoil', bridge)
