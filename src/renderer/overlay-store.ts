import { create } from 'zustand'

/** What stands in front of the screen, whichever screen it is. */
export type Overlay = 'search' | 'help' | undefined

interface OverlayState {
  overlay: Overlay
  show(overlay: Overlay): void
}

/** The overlay on screen: search everything or the help of the keys. */
export const useOverlay = create<OverlayState>((set) => ({
  overlay: undefined,
  show: (overlay) => set({ overlay }),
}))
