import { createRandom, type Random } from '../base/random.ts'
import { type Canvas, type Colour, createCanvas, drawCurve, fillEllipse, fillRectangle, mix } from './canvas.ts'

export const portraitWidth = 240
export const portraitHeight = 300

const skins: Colour[] = [
  [246, 214, 186],
  [236, 198, 164],
  [222, 180, 144],
  [204, 160, 124],
  [250, 226, 206],
]
const hairs: Colour[] = [
  [26, 22, 22],
  [44, 34, 30],
  [72, 52, 40],
  [92, 62, 40],
]
const greyHairs: Colour[] = [
  [120, 118, 118],
  [190, 188, 186],
  [84, 80, 78],
]
const clothes: Colour[] = [
  [36, 48, 78],
  [92, 34, 40],
  [40, 84, 66],
  [70, 70, 76],
  [132, 96, 44],
  [88, 60, 110],
  [206, 206, 200],
]

/** What makes a face this one and no other. Lengths are shares of the picture's width. */
interface Features {
  skin: Colour
  hair: Colour
  cloth: Colour
  faceWidth: number
  faceHeight: number
  hairStyle: number
  fringe: number
  eyeGap: number
  eyeSize: number
  eyeHeight: number
  browBend: number
  browThickness: number
  noseLength: number
  noseWidth: number
  mouthWidth: number
  mouthBend: number
  mouthHeight: number
  glasses: boolean
  beard: number
  ears: number
}

/** The seed's last bit is set for men, the one before it for people whose hair has turned grey. */
function drawFeatures(seed: number, random: Random): Features {
  const male = seed % 2 === 1
  const grey = Math.floor(seed / 2) % 2 === 1
  const between = (low: number, high: number): number => low + random.fraction() * (high - low)
  return {
    skin: random.pick(skins),
    hair: random.pick(grey ? greyHairs : hairs),
    cloth: random.pick(clothes),
    faceWidth: between(0.2, 0.285),
    faceHeight: between(0.28, 0.37),
    hairStyle: male ? random.integer(0, 2) : random.integer(1, 4),
    fringe: between(0.3, 0.75),
    eyeGap: between(0.085, 0.135),
    eyeSize: between(0.018, 0.036),
    eyeHeight: between(-0.06, 0.01),
    browBend: between(-0.035, 0.015),
    browThickness: between(0.012, 0.032),
    noseLength: between(0.06, 0.13),
    noseWidth: between(0.02, 0.05),
    mouthWidth: between(0.05, 0.12),
    mouthBend: between(-0.02, 0.045),
    mouthHeight: between(0.17, 0.23),
    glasses: random.chance(0.28),
    beard: male && random.chance(0.3) ? between(0.25, 0.7) : 0,
    ears: between(0.02, 0.05),
  }
}

/** A portrait seed that carries sex and grey hair in its last two bits. */
export function portraitSeed(draw: number, male: boolean, grey: boolean): number {
  return Math.floor(draw / 4) * 4 + (grey ? 2 : 0) + (male ? 1 : 0)
}

/** Draws the portrait of a seed, as an ID photo: white ground, shoulders, head. The same seed gives the same picture. */
export function drawPortrait(seed: number): Canvas {
  const f = drawFeatures(seed, createRandom(`portrait/${seed}`))
  const w = portraitWidth
  const canvas = createCanvas(w, portraitHeight, [250, 250, 250])
  const x = w / 2
  const y = portraitHeight * 0.46
  const faceX = f.faceWidth * w
  const faceY = f.faceHeight * w
  const chin = y + faceY

  drawBackHair(canvas, f, x, y, faceX, faceY)
  drawShoulders(canvas, f, x, chin)
  for (const side of [-1, 1])
    fillEllipse(canvas, x + side * faceX, y + 4, f.ears * w, f.ears * w * 1.6, mix(f.skin, [120, 70, 50], 0.12))
  fillEllipse(canvas, x, y, faceX, faceY, f.skin)
  fillEllipse(canvas, x, y, faceX, faceY, mix(f.skin, f.hair, f.beard), (_dx, dy) => f.beard > 0 && dy > 0.42)
  drawFrontHair(canvas, f, x, y, faceX, faceY)
  drawFace(canvas, f, x, y, w)
  return canvas
}

function drawBackHair(canvas: Canvas, f: Features, x: number, y: number, faceX: number, faceY: number): void {
  const long = f.hairStyle >= 3
  if (f.hairStyle === 0) return
  fillEllipse(canvas, x, y - faceY * 0.12, faceX * 1.16, faceY * 1.04, f.hair, (_dx, dy) => long || dy < 0.1)
  if (long) fillRectangle(canvas, x - faceX * 1.14, y, faceX * 2.28, faceY * (f.hairStyle === 4 ? 1.35 : 0.85), f.hair)
}

function drawShoulders(canvas: Canvas, f: Features, x: number, chin: number): void {
  fillRectangle(canvas, x - 28, chin - 24, 56, 60, mix(f.skin, [90, 50, 40], 0.18))
  fillEllipse(canvas, x, portraitHeight + 20, portraitWidth * 0.47, portraitHeight + 20 - chin - 12, f.cloth)
  fillEllipse(canvas, x, chin + 12, 29, 22, mix(f.skin, [90, 50, 40], 0.18))
}

function drawFrontHair(canvas: Canvas, f: Features, x: number, y: number, faceX: number, faceY: number): void {
  if (f.hairStyle === 0) return
  const line = -f.fringe
  const parting = (f.hairStyle % 3) - 1
  fillEllipse(
    canvas,
    x,
    y - faceY * 0.04,
    faceX * 1.06,
    faceY * 1.08,
    f.hair,
    (dx, dy) => dy < line + parting * dx * 0.35,
  )
}

function drawFace(canvas: Canvas, f: Features, x: number, y: number, w: number): void {
  const dark: Colour = [38, 28, 26]
  const eyeY = y + f.eyeHeight * w
  for (const side of [-1, 1]) {
    const eyeX = x + side * f.eyeGap * w
    fillEllipse(canvas, eyeX, eyeY, f.eyeSize * w * 1.5, f.eyeSize * w, [248, 246, 244])
    fillEllipse(canvas, eyeX, eyeY, f.eyeSize * w * 0.85, f.eyeSize * w * 0.95, dark)
    drawCurve(
      canvas,
      eyeX,
      eyeY - 0.06 * w,
      f.eyeSize * w * 1.9,
      f.browBend * w,
      f.browThickness * w,
      mix(f.hair, dark, 0.4),
    )
    if (f.glasses) drawRing(canvas, eyeX, eyeY, 0.072 * w, mix([20, 20, 24], f.hair, 0.2))
  }
  const shade = mix(f.skin, [110, 60, 50], 0.35)
  fillEllipse(canvas, x, eyeY + f.noseLength * w, f.noseWidth * w, f.noseWidth * w * 0.6, shade)
  fillRectangle(canvas, x - f.noseWidth * w * 0.35, eyeY + f.noseLength * w * 0.35, 3, f.noseLength * w * 0.6, shade)
  drawCurve(canvas, x, y + f.mouthHeight * w, f.mouthWidth * w, f.mouthBend * w, 0.018 * w, [168, 76, 74])
}

function drawRing(canvas: Canvas, x: number, y: number, radius: number, colour: Colour): void {
  fillEllipse(canvas, x, y, radius, radius * 0.8, colour, (dx, dy) => dx * dx + dy * dy > 0.72)
}
