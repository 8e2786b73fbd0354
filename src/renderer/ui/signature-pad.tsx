import { Button } from 'antd'
import { useEffect, useRef, useState } from 'react'
import Pad, { type PointGroup } from 'signature_pad'
import { useT } from '../language.ts'
import { type Pen, penKey, type Stroke, strokesOf } from './pen.ts'
import './signature-pad.css'

const ink = '#1d2733'
/** What the contract allows; further strokes are not taken, so that a signature is never refused after it was written. */
const mostStrokes = 200

function groupsOf(strokes: readonly Stroke[]): PointGroup[] {
  return strokes.map((stroke) => ({
    dotSize: 0,
    minWidth: 1.2,
    maxWidth: 2.2,
    penColor: ink,
    velocityFilterWeight: 0.7,
    compositeOperation: 'source-over',
    points: stroke.map(({ x, y, t }) => ({ x, y, time: t, pressure: 0.5 })),
  }))
}

interface SignaturePadProps {
  strokes: readonly Stroke[]
  onChange(strokes: Stroke[]): void
}

/** Paper to sign on: with a pen, a finger or a mouse, or stroke by stroke from the keyboard. Typing a name is no signature. */
export function SignaturePad({ strokes, onChange }: SignaturePadProps) {
  const t = useT()
  const canvas = useRef<HTMLCanvasElement>(null)
  const pad = useRef<Pad | undefined>(undefined)
  const latest = useRef({ strokes, onChange })
  latest.current = { strokes, onChange }
  const started = useRef(0)
  const [pen, setPen] = useState<Pen>({ x: 60, y: 70, down: false })
  const [focused, setFocused] = useState(false)

  useEffect(() => {
    const element = canvas.current!
    const ratio = Math.max(window.devicePixelRatio, 1)
    element.width = element.offsetWidth * ratio
    element.height = element.offsetHeight * ratio
    element.getContext('2d')?.scale(ratio, ratio)
    const created = new Pad(element, { penColor: ink, minWidth: 1.2, maxWidth: 2.2 })
    pad.current = created
    created.fromData(groupsOf(latest.current.strokes))
    created.addEventListener('endStroke', () =>
      latest.current.onChange(strokesOf(created.toData()).slice(0, mostStrokes)),
    )
    return () => created.off()
  }, [])

  // Drawn from the strokes, so that "sign again", the keyboard and a second look at the step show what is kept.
  useEffect(() => {
    const drawn = pad.current
    if (!drawn) return
    drawn.clear()
    if (strokes.length > 0) drawn.fromData(groupsOf(strokes))
  }, [strokes])

  function onKeyDown(event: React.KeyboardEvent<HTMLDivElement>) {
    if (event.target !== event.currentTarget || strokes.length >= mostStrokes) return
    if (strokes.length === 0) started.current = event.timeStamp
    const at = Math.max(0, Math.round(event.timeStamp - started.current))
    const paper = { width: canvas.current!.offsetWidth, height: canvas.current!.offsetHeight }
    const moved = penKey({ name: event.key, shift: event.shiftKey, at }, pen, strokes, paper)
    if (!moved) return
    event.preventDefault()
    setPen(moved.pen)
    if (pen.down || moved.pen.down) onChange(moved.strokes)
  }

  return (
    <div className="signature-pad">
      <div
        className="signature-pad-paper"
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: drawn on from the keyboard
        tabIndex={0}
        data-entry
        aria-label={t('case.signature.padLabel')}
        onKeyDown={onKeyDown}
        onFocus={() => setFocused(true)}
        onBlur={() => setFocused(false)}
      >
        <canvas ref={canvas} className="signature-pad-canvas" />
        {focused ? (
          <span
            className="signature-pad-pen"
            data-down={pen.down}
            style={{ left: pen.x, top: pen.y }}
            aria-hidden="true"
          />
        ) : null}
      </div>
      <div className="signature-pad-foot">
        <span className="signature-pad-hint" role="status">
          {focused ? t(pen.down ? 'case.signature.penDown' : 'case.signature.penUp') : t('case.signature.padHint')}
          {' · '}
          {t('case.signature.strokes', { count: strokes.length })}
        </span>
        <Button
          size="small"
          disabled={strokes.length === 0}
          onClick={() => {
            setPen({ x: 60, y: 70, down: false })
            onChange([])
            canvas.current?.parentElement?.focus()
          }}
        >
          {t('case.signature.clear')}
        </Button>
      </div>
    </div>
  )
}
