import { create } from 'zustand'
import { holdTyping, letTypingGo } from './type-ahead.ts'

/** What stands in front of the screen, whichever screen it is. */
export type Overlay = 'search' | 'help' | undefined

interface OverlayState {
  overlay: Overlay
  show(overlay: Overlay): void
}

/** The overlay on screen: search everything or the help of the keys. */
export const useOverlay = create<OverlayState>((set, get) => ({
  overlay: undefined,
  show(overlay) {
    // The search may have to be fetched first; what is typed meanwhile is a search, not a word for the field behind.
    if (overlay === 'search' && get().overlay !== 'search') holdTyping()
    else if (overlay !== 'search') letTypingGo()
    set({ overlay })
  },
}))
