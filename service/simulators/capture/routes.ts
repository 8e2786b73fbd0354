import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { attachmentKinds } from '../../src/connectors/wire/service-order.ts'
import { createRandom } from '../base/random.ts'
import type { Person, SubscriberBase } from '../base/subscriber.ts'
import type { ControlState } from '../faults/settings.ts'
import { photograph } from '../pictures/camera.ts'
import { type Canvas, createCanvas, fillEllipse } from '../pictures/canvas.ts'
import { drawDocumentBack, drawDocumentFront } from '../pictures/document.ts'
import { encodePng } from '../pictures/encode.ts'
import { drawPortrait } from '../pictures/portrait.ts'
import { drawSheet } from '../pictures/sheet.ts'

const querySchema = z.object({ view: z.enum(attachmentKinds).exclude(['signed-form']) })

export interface CapturePorts {
  base: SubscriberBase
  counter(): ControlState['counter']
  /** The number last asked for at any home province, or empty. */
  lastMsisdn(): string
}

/** Who stands at the counter: the chosen person, or the holder of the number last asked for. */
export function personAtCounter(ports: CapturePorts): Person | undefined {
  const chosen = ports.counter().person
  const wanted = chosen === 'auto' ? ports.lastMsisdn() : chosen
  return ports.base.person(wanted) ?? ports.base.person(ports.base.line(wanted)?.personId ?? '')
}

/**
 * The camera, below `/capture`: a new photograph at every call. The document is always that of the number last asked
 * for, whoever holds it out; the portrait and the second document are of the person at the counter. 404 while nobody stands there.
 */
export function addCaptureRoutes(scope: FastifyInstance, ports: CapturePorts): void {
  let photographs = 0
  scope.get('/snapshot', async (request, reply) => {
    const { view } = querySchema.parse(request.query)
    const person = personAtCounter(ports)
    if (!person) return reply.code(404).send({ error: 'nobodyThere', message: 'Nobody stands at the counter yet.' })
    const shownHolder = ports.base.person(ports.base.line(ports.lastMsisdn())?.personId ?? '') ?? person
    photographs += 1
    const random = createRandom(`photograph/${person.id}/${view}/${photographs}`)
    const picture = photograph(sceneOf(view, person, shownHolder), random, ports.counter().blurred)
    return reply.type('image/png').header('cache-control', 'no-store').send(encodePng(picture))
  })
}

function sceneOf(view: z.infer<typeof querySchema>['view'], person: Person, shownHolder: Person): Canvas {
  switch (view) {
    case 'document-front':
      return drawDocumentFront(shownHolder)
    case 'document-back':
      return drawDocumentBack(shownHolder)
    case 'second-document-front':
      return drawDocumentFront(person)
    case 'second-document-back':
      return drawDocumentBack(person)
    case 'portrait':
      return drawPortrait(person.portraitSeed ?? livingSeed(person))
    default:
      return drawSheet(view, shownHolder, person)
  }
}

/** People without a reference portrait have a face all the same; only the police library lacks it. */
function livingSeed(person: Person): number {
  return Number(person.id.replace(/\D/g, '')) + 7_000_000
}

/** A small picture for a page, without camera effects. */
export function thumbnail(person: Person): Buffer {
  if (person.portraitSeed === null) {
    const empty = createCanvas(48, 60, [236, 232, 222])
    fillEllipse(empty, 24, 24, 12, 14, [206, 200, 186])
    fillEllipse(empty, 24, 62, 22, 22, [206, 200, 186])
    return encodePng(empty)
  }
  return encodePng(drawPortrait(person.portraitSeed))
}
