import jpeg from 'jpeg-js'
import { PNG } from 'pngjs'
import type { Canvas } from './canvas.ts'

/** A canvas as PNG bytes. */
export function encodePng(canvas: Canvas): Buffer {
  const png = new PNG({ width: canvas.width, height: canvas.height, colorType: 2 })
  for (let i = 0, o = 0; i < canvas.rgb.length; i += 3, o += 4) {
    png.data[o] = canvas.rgb[i]!
    png.data[o + 1] = canvas.rgb[i + 1]!
    png.data[o + 2] = canvas.rgb[i + 2]!
    png.data[o + 3] = 255
  }
  return PNG.sync.write(png, { colorType: 2 })
}

/** Reads a PNG or JPEG by its own first bytes; undefined when it is neither or damaged. */
export function decodePicture(bytes: Buffer): Canvas | undefined {
  try {
    const isPng = bytes.subarray(1, 4).toString('latin1') === 'PNG'
    const { width, height, data } = isPng
      ? PNG.sync.read(bytes)
      : jpeg.decode(bytes, { useTArray: true, maxResolutionInMP: 40, maxMemoryUsageInMB: 256 })
    const rgb = new Uint8ClampedArray(width * height * 3)
    for (let i = 0, o = 0; o < rgb.length; i += 4, o += 3) {
      rgb[o] = data[i]!
      rgb[o + 1] = data[i + 1]!
      rgb[o + 2] = data[i + 2]!
    }
    return { width, height, rgb }
  } catch {
    return undefined
  }
}
