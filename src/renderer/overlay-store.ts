import { create } from 'zustand'
import { holdTyping, letTypingGo } from './type-ahead.ts'

/** What stands in front of the screen, whichever screen it is. */
export type Overlay = 'search' | 'help' | 'repair' | undefined

interface OverlayState {
  overlay: Overlay
  /** The order that is being put right by hand. */
  repairing: string | undefined
  show(overlay: Exclude<Overlay, 'repair'>): void
  repair(orderId: string): void
}

/** The overlay on screen: search everything, the help of the keys, or an order being put right. */
export const useOverlay = create<OverlayState>((set, get) => ({
  overlay: undefined,
  repairing: undefined,
  show(overlay) {
    // The search may have to be fetched first; what is typed meanwhile is a search, not a word for the field behind.
    if (overlay === 'search' && get().overlay !== 'search') holdTyping()
    else if (overlay !== 'search') letTypingGo()
    set({ overlay, repairing: undefined })
  },
  repair: (orderId) => set({ overlay: 'repair', repairing: orderId }),
}))
