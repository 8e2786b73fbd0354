import { create } from 'zustand'
import type { AppView } from '../shared/contract/views.ts'
import type { Failure } from '../shared/domain/result.ts'
import type { Language } from '../shared/i18n/translate.ts'
import type { Reach } from './bridge.ts'
import { call, subscribe, subscribeReach } from './client.ts'
import { setCoreTime } from './clock.ts'
import { newestAnswer } from './newest-answer.ts'

interface AppState {
  /** Undefined until the core has answered for the first time. */
  view: AppView | undefined
  failure: Failure | undefined
  /** Whether the core itself answers (not the network: that is `view.connection`). */
  reach: Reach
  /** Counts how often the core came back: what is on screen has to be asked for again. */
  epoch: number
  load(): Promise<void>
  take(view: AppView): void
  setLanguage(language: Language): Promise<void>
  signOut(): Promise<void>
}

const newest = newestAnswer()

function show(view: AppView): void {
  setCoreTime(view.now)
  useApp.setState({ view, failure: undefined })
}

/** What every screen needs: device, staff, connection, language. */
export const useApp = create<AppState>((set, get) => ({
  view: undefined,
  failure: undefined,
  reach: 'reached',
  epoch: 0,
  async load() {
    const result = await newest.ask(() => call('app.view', {}))
    if (result?.ok) show(result.value)
    else if (result) set({ failure: result.error })
  },
  take(view) {
    newest.taken()
    show(view)
  },
  async setLanguage(language) {
    const result = await call('app.setLanguage', { language })
    if (result.ok) get().take(result.value)
    else set({ failure: result.error })
  },
  async signOut() {
    const result = await call('session.signOut', {})
    if (result.ok) get().take(result.value)
    else set({ failure: result.error })
  },
}))

/** Connects the store with the core's events; called once when the window opens. The answer disconnects. */
export function connectApp(): () => void {
  const { load } = useApp.getState()
  const stopEvents = subscribe((event) => {
    if (event.name === 'connection.changed') {
      newest.taken()
      useApp.setState(({ view }) => (view ? { view: { ...view, connection: event.payload } } : {}))
    }
    if (event.name === 'session.changed' || event.name === 'rules.changed') void load()
    if (event.name === 'outbox.changed')
      useApp.setState(({ view }) =>
        view ? { view: { ...view, connection: { ...view.connection, ...event.payload } } } : {},
      )
  })
  const stopReach = subscribeReach((reach) => {
    const returned = reach === 'reached' && useApp.getState().reach !== 'reached'
    useApp.setState(({ epoch }) => ({ reach, epoch: returned ? epoch + 1 : epoch }))
    if (returned) void load()
  })
  void load()
  return () => {
    stopEvents()
    stopReach()
  }
}
