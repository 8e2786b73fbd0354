/** An RGB picture in memory, eight bits a channel. */
export interface Canvas {
  width: number
  height: number
  /** Three bytes a pixel, row by row. */
  rgb: Uint8ClampedArray
}

export type Colour = readonly [red: number, green: number, blue: number]

/** A canvas of one colour. */
export function createCanvas(width: number, height: number, colour: Colour): Canvas {
  const canvas = { width, height, rgb: new Uint8ClampedArray(width * height * 3) }
  fillRectangle(canvas, 0, 0, width, height, colour)
  return canvas
}

/** Sets a pixel; outside the canvas nothing happens. */
function setPixel(canvas: Canvas, x: number, y: number, colour: Colour): void {
  if (x < 0 || y < 0 || x >= canvas.width || y >= canvas.height) return
  canvas.rgb.set(colour, (y * canvas.width + x) * 3)
}

/** Fills a rectangle. */
export function fillRectangle(
  canvas: Canvas,
  x: number,
  y: number,
  width: number,
  height: number,
  colour: Colour,
): void {
  for (let row = Math.round(y); row < Math.round(y + height); row++)
    for (let column = Math.round(x); column < Math.round(x + width); column++) setPixel(canvas, column, row, colour)
}

/** Fills the ellipse around a centre. `test` keeps only part of it, e.g. the upper half. */
export function fillEllipse(
  canvas: Canvas,
  centreX: number,
  centreY: number,
  radiusX: number,
  radiusY: number,
  colour: Colour,
  test: (dx: number, dy: number) => boolean = () => true,
): void {
  for (let y = Math.floor(centreY - radiusY); y <= Math.ceil(centreY + radiusY); y++)
    for (let x = Math.floor(centreX - radiusX); x <= Math.ceil(centreX + radiusX); x++) {
      const dx = (x - centreX) / radiusX
      const dy = (y - centreY) / radiusY
      if (dx * dx + dy * dy <= 1 && test(dx, dy)) setPixel(canvas, x, y, colour)
    }
}

/** Draws an arc as a thick curve: `bend` is how far its middle lies below (above when negative) its ends. */
export function drawCurve(
  canvas: Canvas,
  centreX: number,
  y: number,
  halfWidth: number,
  bend: number,
  thickness: number,
  colour: Colour,
): void {
  for (let step = -halfWidth; step <= halfWidth; step += 0.5) {
    const t = step / halfWidth
    fillEllipse(canvas, centreX + step, y + bend * (1 - t * t), thickness / 2, thickness / 2, colour)
  }
}

/** A colour mixed with another: 0 gives the first, 1 the second. */
export function mix(one: Colour, other: Colour, share: number): Colour {
  return [0, 1, 2].map((i) => one[i]! + (other[i]! - one[i]!) * share) as unknown as Colour
}

/** Copies a picture into another, scaled to a rectangle. */
export function place(target: Canvas, source: Canvas, x: number, y: number, width: number, height: number): void {
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const sx = Math.min(source.width - 1, Math.floor((column / width) * source.width))
      const sy = Math.min(source.height - 1, Math.floor((row / height) * source.height))
      const at = (sy * source.width + sx) * 3
      setPixel(target, x + column, y + row, [source.rgb[at]!, source.rgb[at + 1]!, source.rgb[at + 2]!])
    }
}
