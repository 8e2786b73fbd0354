import jpeg from 'jpeg-js'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../../service/simulators/base/random.ts'
import { photograph } from '../../../service/simulators/pictures/camera.ts'
import { type Canvas, createCanvas, place } from '../../../service/simulators/pictures/canvas.ts'
import { decodePicture, encodePng } from '../../../service/simulators/pictures/encode.ts'
import { likeness } from '../../../service/simulators/pictures/likeness.ts'
import { drawPortrait } from '../../../service/simulators/pictures/portrait.ts'
import { base } from './try-out-base.ts'

const threshold = 0.82
const random = createRandom('likeness')
const seeds = base.people.flatMap((person) => person.portraitSeed ?? []).slice(0, 40)
const portraits = seeds.map(drawPortrait)
const snapshots = portraits.map((portrait) => photograph(portrait, random, false))

function asJpeg(canvas: Canvas): Buffer {
  const data = Buffer.alloc(canvas.width * canvas.height * 4, 255)
  for (let i = 0, o = 0; i < canvas.rgb.length; i += 3, o += 4) data.set(canvas.rgb.subarray(i, i + 3), o)
  return jpeg.encode({ width: canvas.width, height: canvas.height, data }, 80).data
}

describe('the comparison of faces', () => {
  it('knows a person in a photograph with noise, other light and a small shift', () => {
    for (const [i, portrait] of portraits.entries())
      expect(likeness(portrait, snapshots[i]!)).toBeGreaterThan(threshold)
  })

  it('takes no other person for the holder', () => {
    for (const [i, portrait] of portraits.entries())
      for (const step of [1, 7, 19])
        expect(likeness(portrait, snapshots[(i + step) % snapshots.length]!)).toBeLessThan(threshold)
  })

  it('knows a person in a JPEG and in a picture of another size', () => {
    const decoded = decodePicture(asJpeg(snapshots[0]!))!
    expect(likeness(portraits[0]!, decoded)).toBeGreaterThan(threshold)
    const larger = createCanvas(480, 600, [0, 0, 0])
    place(larger, snapshots[1]!, 0, 0, 480, 600)
    expect(likeness(portraits[1]!, decodePicture(encodePng(larger))!)).toBeGreaterThan(threshold)
  })

  it('finds no face in an even picture', () => {
    expect(likeness(portraits[0]!, createCanvas(240, 300, [128, 128, 128]))).toBeLessThan(0.5)
  })

  it('draws the same face for the same seed, and reads no broken picture', () => {
    expect(drawPortrait(seeds[3]!)).toEqual(portraits[3])
    expect(decodePicture(encodePng(portraits[3]!).subarray(0, 300))).toBeUndefined()
    expect(decodePicture(Buffer.from('not a picture at all'))).toBeUndefined()
  })
})
