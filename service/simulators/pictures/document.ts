import type { Person } from '../base/subscriber.ts'
import { type Canvas, type Colour, createCanvas, fillEllipse, fillRectangle, mix, place } from './canvas.ts'
import { writeDigits } from './digits.ts'
import { drawPortrait, portraitHeight, portraitWidth } from './portrait.ts'

const cardWidth = 640
const cardHeight = 404
const ink: Colour = [40, 46, 54]
const faintInk: Colour = [120, 134, 150]

/** Ground colour by document, so that one can tell them apart on a screen. */
const grounds: Partial<Record<Person['identificationType'], Colour>> = {
  FOREIGN_PR: [222, 232, 222],
  HM_PERMIT: [214, 226, 240],
  TW_PERMIT: [226, 236, 222],
  FOREIGN_PASSPORT: [240, 230, 222],
}

function blankCard(person: Person): Canvas {
  const ground = grounds[person.identificationType] ?? [226, 234, 240]
  const card = createCanvas(cardWidth, cardHeight, ground)
  for (let line = 0; line < cardHeight; line += 6)
    fillRectangle(card, 0, line, cardWidth, 1, mix(ground, [190, 206, 220], 0.5))
  return card
}

/** A line of writing, as a camera sees it from afar: bars as long as the characters. */
export function writeBars(card: Canvas, text: string, x: number, y: number): void {
  for (const [index] of [...text].entries()) {
    fillRectangle(card, x + index * 22, y, 17, 4, ink)
    fillRectangle(card, x + index * 22 + 6, y, 4, 18, ink)
    fillRectangle(card, x + index * 22, y + 14, 17, 3, ink)
  }
}

/** The side with portrait and number. */
export function drawDocumentFront(person: Person): Canvas {
  const card = blankCard(person)
  const birth = /^\d{6}(\d{4})(\d{2})(\d{2})/.exec(person.identificationId)
  for (const [row, label] of [44, 92, 140, 188].entries()) fillRectangle(card, 40, label, 30 + row * 4, 12, faintInk)
  writeBars(card, person.name.slice(0, 14), 110, 40)
  if (birth) writeDigits(card, `${birth[1]}.${birth[2]}.${birth[3]}`, 110, 136, 3, ink)
  writeBars(card, person.issuingAuthority.slice(0, 12), 110, 184)
  fillRectangle(card, 40, 344, 120, 14, faintInk)
  writeDigits(card, person.identificationId, 190, 334, 4, ink)
  if (person.portraitSeed !== null)
    place(card, drawPortrait(person.portraitSeed), 424, 40, 184, Math.round((184 * portraitHeight) / portraitWidth))
  return card
}

/** The side with emblem, issuer and validity. */
export function drawDocumentBack(person: Person): Canvas {
  const card = blankCard(person)
  fillEllipse(card, 92, 92, 56, 56, [196, 48, 40])
  fillEllipse(card, 92, 92, 40, 40, [236, 196, 76])
  fillEllipse(card, 92, 92, 26, 26, [196, 48, 40])
  fillRectangle(card, 180, 56, 400, 22, ink)
  fillRectangle(card, 220, 104, 320, 26, ink)
  fillRectangle(card, 120, 272, 96, 14, faintInk)
  writeBars(card, person.issuingAuthority.slice(0, 14), 240, 268)
  fillRectangle(card, 120, 324, 96, 14, faintInk)
  const dots = (date: string): string => date.replaceAll('-', '.')
  if (person.validFrom) writeDigits(card, dots(person.validFrom), 240, 320, 3, ink)
  writeDigits(card, '-', 430, 320, 3, ink)
  if (person.validTo) writeDigits(card, dots(person.validTo), 452, 320, 3, ink)
  else writeBars(card, '长期', 456, 320)
  return card
}
