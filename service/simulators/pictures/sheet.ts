import { hashText } from '../base/random.ts'
import type { Person } from '../base/subscriber.ts'
import { type Canvas, createCanvas, fillEllipse, fillRectangle } from './canvas.ts'
import { writeDigits } from './digits.ts'
import { writeBars } from './document.ts'

const width = 480
const height = 640

/** A letter or certificate on white paper: a heading, lines of writing, both numbers, and a red seal. Each kind is laid out differently. */
export function drawSheet(kind: string, holder: Person, person: Person): Canvas {
  const sheet = createCanvas(width, height, [250, 249, 245])
  const layout = hashText(`sheet/${kind}`)
  fillRectangle(sheet, 120 + (layout % 40), 44, 200, 22, [40, 46, 54])
  for (let line = 0; line < 9; line++)
    fillRectangle(sheet, 56, 110 + line * 34, 300 + ((layout >> line) % 70), 8, [90, 98, 108])
  writeBars(sheet, holder.name.slice(0, 8), 56, 424)
  writeDigits(sheet, holder.identificationId.replace(/\D/g, ''), 56, 462, 3, [40, 46, 54])
  if (person.id !== holder.id) {
    writeBars(sheet, person.name.slice(0, 8), 56, 504)
    writeDigits(sheet, person.identificationId.replace(/\D/g, ''), 56, 542, 3, [40, 46, 54])
  }
  fillEllipse(sheet, 380, 540, 54, 54, [206, 60, 50])
  fillEllipse(sheet, 380, 540, 46, 46, [250, 240, 236])
  fillEllipse(sheet, 380, 540, 14, 14, [206, 60, 50])
  return sheet
}
