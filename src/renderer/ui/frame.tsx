import type { ReactNode } from 'react'
import './frame.css'
import { FrameHead } from './frame-head.tsx'
import { FrameNotice } from './frame-notice.tsx'
import { KeyBar } from './key-bar.tsx'

interface FrameProps {
  /** The steps on the left, where a screen has steps. */
  rail?: ReactNode
  /** A `Stub`. */
  stub: ReactNode
  children: ReactNode
}

/** The window: head, up to three columns with the stub behind its perforation, key bar. */
export function Frame({ rail, stub, children }: FrameProps) {
  return (
    <div className="frame">
      <FrameHead />
      <div className="frame-body" data-rail={rail !== undefined}>
        {rail}
        <div className="frame-middle">
          <FrameNotice />
          <main className="frame-main">{children}</main>
        </div>
        <div className="frame-stub">
          <span className="frame-hole" data-end="top" />
          {stub}
          <span className="frame-hole" data-end="bottom" />
        </div>
      </div>
      <KeyBar />
    </div>
  )
}
