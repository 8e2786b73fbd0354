import type { Canvas } from './canvas.ts'
import { drawPortrait } from './portrait.ts'

/** Size to which faces are reduced, and how far a face may be shifted in its picture (in cells). */
const gridWidth = 120
const gridHeight = 150
const margin = 3
const channels = 3
const cells = gridWidth * gridHeight

/** Parts of a portrait as shares of its height; every one of them must look alike. */
const regions = [
  { from: 0.06, to: 0.4 },
  { from: 0.36, to: 0.46 },
  { from: 0.46, to: 0.56 },
  { from: 0.54, to: 0.74 },
  { from: 0.75, to: 0.95 },
] as const

type Grid = Float32Array

/** Area average of the picture on the grid, brightness evened out so that lighting does not decide. */
function reduce(canvas: Canvas): Grid {
  const grid = new Float32Array(cells * channels)
  for (let gy = 0; gy < gridHeight; gy++)
    for (let gx = 0; gx < gridWidth; gx++) {
      const x0 = Math.floor((gx / gridWidth) * canvas.width)
      const x1 = Math.max(x0 + 1, Math.floor(((gx + 1) / gridWidth) * canvas.width))
      const y0 = Math.floor((gy / gridHeight) * canvas.height)
      const y1 = Math.max(y0 + 1, Math.floor(((gy + 1) / gridHeight) * canvas.height))
      for (let c = 0; c < channels; c++) {
        let sum = 0
        for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) sum += canvas.rgb[(y * canvas.width + x) * 3 + c]!
        grid[(gy * gridWidth + gx) * channels + c] = sum / ((x1 - x0) * (y1 - y0))
      }
    }
  return standardise(soften(grid))
}

/** Averages every cell with its neighbours, which takes the camera's grain away. */
function soften(grid: Grid): Grid {
  const soft = new Float32Array(grid.length)
  const row = gridWidth * channels
  for (let i = 0; i < grid.length; i++) {
    let sum = 0
    let count = 0
    for (const dy of [-row, 0, row])
      for (const dx of [-channels, 0, channels]) {
        const value = grid[i + dy + dx]
        if (value === undefined) continue
        sum += value
        count += 1
      }
    soft[i] = sum / count
  }
  return soft
}

function standardise(grid: Grid): Grid {
  let sum = 0
  for (const value of grid) sum += value
  const mean = sum / grid.length
  let squares = 0
  for (const value of grid) squares += (value - mean) ** 2
  const deviation = Math.sqrt(squares / grid.length) || 1
  return grid.map((value) => (value - mean) / deviation)
}

let average: Grid | undefined
const averagedFaces = 48

/** The face all faces share; what remains without it is what tells one person from another. */
function averageFace(): Grid {
  if (average) return average
  const sum = new Float32Array(cells * channels)
  for (let seed = 1; seed <= averagedFaces; seed++) {
    const face = reduce(drawPortrait(seed))
    for (let i = 0; i < sum.length; i++) sum[i]! += face[i]! / averagedFaces
  }
  average = sum
  return sum
}

function residual(grid: Grid): Grid {
  const shared = averageFace()
  return grid.map((value, i) => value - shared[i]!)
}

/** One minus the relative difference of two residuals in a region, the second one shifted: 1 is the same. */
function agreement(one: Grid, other: Grid, region: (typeof regions)[number], shiftX: number, shiftY: number): number {
  let difference = 0
  let size = 0
  for (let y = Math.floor(region.from * gridHeight); y < region.to * gridHeight; y++)
    for (let x = margin + (y % 2); x < gridWidth - margin; x += 2)
      for (let c = 0; c < channels; c++) {
        const a = one[(y * gridWidth + x) * channels + c]!
        const b = other[((y + shiftY) * gridWidth + x + shiftX) * channels + c]!
        difference += (a - b) ** 2
        size += a * a + b * b
      }
  return 1 - difference / (size || 1)
}

/**
 * How much two portraits look like the same face: up to 1. Both are reduced, evened out in brightness and freed of what
 * all faces share; then the part that agrees least decides, at the shift that suits best.
 */
export function likeness(one: Canvas, other: Canvas): number {
  const a = residual(reduce(one))
  const b = residual(reduce(other))
  let best = -1
  for (let dy = -margin; dy <= margin; dy++)
    for (let dx = -margin; dx <= margin; dx++)
      best = Math.max(best, Math.min(...regions.map((region) => agreement(a, b, region, dx, dy))))
  return best
}
