import ElectronStore from 'electron-store'
import type { Preferences, Settings } from '../core/ports.ts'

/** Preferences in electron-store. Nothing of any case is ever written here. */
export function createStoreSettings(folder: string): Settings {
  const store = new ElectronStore<Preferences>({
    name: 'preferences',
    cwd: folder,
    clearInvalidConfig: true,
    schema: { language: { type: 'string', enum: ['zh-CN', 'en'], default: 'zh-CN' } },
  })
  return {
    read: () => ({ language: store.get('language') }),
    async write(preferences) {
      store.set(preferences)
    },
  }
}
