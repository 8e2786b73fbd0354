import type { Random } from '../base/random.ts'
import type { Canvas } from './canvas.ts'

/** What a camera adds: light from one side, noise, a little shift; or, when out of focus, a blur over it all. */
export function photograph(scene: Canvas, random: Random, blurred: boolean): Canvas {
  const { width, height } = scene
  const brightness = 0.93 + random.fraction() * 0.1
  const slope = (random.fraction() - 0.5) * 0.12
  const shiftX = random.integer(-3, 3)
  const shiftY = random.integer(-3, 3)
  const source = blurred ? blur(scene, 12) : scene
  const rgb = new Uint8ClampedArray(width * height * 3)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const sx = Math.min(width - 1, Math.max(0, x + shiftX))
      const sy = Math.min(height - 1, Math.max(0, y + shiftY))
      const light = brightness * (1 + slope * (x / width - 0.5))
      const grain = (random.fraction() - 0.5) * 16
      for (let c = 0; c < 3; c++) rgb[(y * width + x) * 3 + c] = source.rgb[(sy * width + sx) * 3 + c]! * light + grain
    }
  return { width, height, rgb }
}

/** A box blur in both directions, twice, which comes close to a lens out of focus. */
function blur(canvas: Canvas, radius: number): Canvas {
  const once = (image: Canvas): Canvas => blurAlong(blurAlong(image, radius, 1, 0), radius, 0, 1)
  return once(once(canvas))
}

function blurAlong(canvas: Canvas, radius: number, stepX: number, stepY: number): Canvas {
  const { width, height } = canvas
  const rgb = new Uint8ClampedArray(canvas.rgb.length)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++) {
        let sum = 0
        for (let offset = -radius; offset <= radius; offset++) {
          const sx = Math.min(width - 1, Math.max(0, x + offset * stepX))
          const sy = Math.min(height - 1, Math.max(0, y + offset * stepY))
          sum += canvas.rgb[(sy * width + sx) * 3 + c]!
        }
        rgb[(y * width + x) * 3 + c] = sum / (2 * radius + 1)
      }
  return { width, height, rgb }
}
