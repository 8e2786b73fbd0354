import { createHash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { type FaceAnswer, type FaceRequest, faceRequestSchema } from '../../src/connectors/wire/face.ts'
import type { SubscriberBase } from '../base/subscriber.ts'
import { decodePicture } from '../pictures/encode.ts'
import { likeness } from '../pictures/likeness.ts'
import { drawPortrait } from '../pictures/portrait.ts'

const vendor = 'Counterfoil simulators'
const modelVersion = 'residual-likeness-1'
/** Between the least of the same faces (84) and the most of different ones (79) that were measured. */
const threshold = 82
/** Answers kept for repeated keys; a comparison changes nothing, so the oldest may be forgotten. */
const mostKept = 2000

/** The comparison port, below `/face`: a submitted picture against the reference of the document's holder. */
export function addFaceRoutes(scope: FastifyInstance, base: SubscriberBase): void {
  const kept = new Map<string, { bodyHash: string; answer: FaceAnswer }>()

  scope.post('/comparisons', async (request, reply) => {
    const body = faceRequestSchema.parse(request.body)
    const bodyHash = createHash('sha256').update(JSON.stringify(body)).digest('hex')
    const earlier = kept.get(body.key)
    if (earlier && earlier.bodyHash !== bodyHash)
      return reply.code(409).send({ error: 'idempotencyConflict', message: 'The key was used for another picture.' })
    if (earlier) return earlier.answer
    const answer = compare(base, body)
    if (!answer)
      return reply.code(400).send({ error: 'malformed', message: 'The picture is neither PNG nor JPEG, or damaged.' })
    kept.set(body.key, { bodyHash, answer })
    if (kept.size > mostKept) kept.delete(kept.keys().next().value!)
    return answer
  })
}

function compare(base: SubscriberBase, request: FaceRequest): FaceAnswer | undefined {
  const picture = decodePicture(Buffer.from(request.contentBase64, 'base64'))
  if (!picture) return undefined
  const holder = base.holder(request.identificationId.toUpperCase())
  if (!holder || holder.portraitSeed === null || holder.name !== request.name.trim())
    return { vendor, modelVersion, score: 0, threshold, outcome: 'noReference' }
  const score = Math.round(Math.min(1, Math.max(0, likeness(drawPortrait(holder.portraitSeed), picture))) * 1000) / 10
  return { vendor, modelVersion, score, threshold, outcome: score >= threshold ? 'match' : 'noMatch' }
}
