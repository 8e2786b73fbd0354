import { EventEmitter } from 'node:events'
import type { IpcMain, IpcMainInvokeEvent } from 'electron'
import { questions } from './control.ts'

type Handler = (event: IpcMainInvokeEvent, ...values: unknown[]) => unknown

const handlers = new Map<string, Handler>()
const events = new EventEmitter()

export const ipcMain: Pick<IpcMain, 'handle' | 'removeHandler'> & { on: IpcMain['on'] } = {
  handle(channel, handler) {
    if (handlers.has(channel)) throw new Error(`second handler for ${channel}`)
    handlers.set(channel, handler)
  },
  removeHandler(channel) {
    handlers.delete(channel)
  },
  on(channel, listener) {
    events.on(channel, listener)
    return this as IpcMain
  },
}

/** An `invoke` of a renderer. Values are cloned, as they are between processes; only an error's message survives. */
export async function invoke(
  sender: { url: string; parent: object | null } | null,
  channel: string,
  values: readonly unknown[],
): Promise<unknown> {
  const handler = handlers.get(channel)
  if (!handler) throw new Error(`No handler registered for '${channel}'`)
  const event = { senderFrame: sender } as unknown as IpcMainInvokeEvent
  return structuredClone(await handler(event, ...structuredClone(values)))
}

questions.set('invokeFrom', ({ sender, channel, values }: never) => invoke(sender, channel, values))
questions.set('channels', () => [...handlers.keys()])
