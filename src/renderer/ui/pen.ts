/** A stroke of the signature: points in CSS pixels, `t` in milliseconds since the first point. */
export type Stroke = { x: number; y: number; t: number }[]

/** A pen moved by the keyboard: where it is and whether it touches the paper. */
export interface Pen {
  x: number
  y: number
  down: boolean
}

const steps: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}
const small = 4
const large = 16

/**
 * What a key does to the pen and the strokes: arrows move (Shift: farther), Space puts the pen down or lifts it. The pen
 * stays on the paper. `at` in milliseconds since the first point. Undefined for a key that means nothing here.
 */
export function penKey(
  key: { name: string; shift: boolean; at: number },
  pen: Pen,
  strokes: readonly Stroke[],
  paper: { width: number; height: number },
): { pen: Pen; strokes: Stroke[] } | undefined {
  if (key.name === ' ') {
    if (pen.down) return { pen: { ...pen, down: false }, strokes: [...strokes] }
    return { pen: { ...pen, down: true }, strokes: [...strokes, [{ x: pen.x, y: pen.y, t: key.at }]] }
  }
  const step = steps[key.name]
  if (!step) return undefined
  const by = key.shift ? large : small
  const x = Math.min(paper.width, Math.max(0, pen.x + step[0] * by))
  const y = Math.min(paper.height, Math.max(0, pen.y + step[1] * by))
  const moved = { ...pen, x, y }
  const last = strokes.at(-1)
  if (!pen.down || !last) return { pen: moved, strokes: [...strokes] }
  return { pen: moved, strokes: [...strokes.slice(0, -1), [...last, { x, y, t: key.at }]] }
}

/** Strokes as the drawing library keeps them → as the contract wants them: CSS pixels, milliseconds since the first point. */
export function strokesOf(groups: readonly { points: readonly { x: number; y: number; time: number }[] }[]): Stroke[] {
  const first = groups[0]?.points[0]?.time ?? 0
  return groups
    .map(({ points }) => points.map(({ x, y, time }) => ({ x, y, t: Math.max(0, Math.round(time - first)) })))
    .filter((stroke) => stroke.length > 0)
}
