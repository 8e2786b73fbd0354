import { callOutside, type OutsideAnswer, type OutsidePorts } from './outside-call.ts'
import { type FaceAnswer, type FaceRequest, faceAnswerSchema } from './wire/face.ts'

export interface FaceConnector {
  /** Compares a live portrait with the police library's picture of the document's holder. */
  compare(request: FaceRequest): Promise<OutsideAnswer<FaceAnswer>>
}

/** The face comparison vendor over HTTP. */
export function createFaceConnector(ports: OutsidePorts, address: string): FaceConnector {
  return {
    compare: (request) =>
      callOutside(ports, {
        target: 'face',
        operation: 'comparisons',
        url: `${address.replace(/\/$/, '')}/comparisons`,
        method: 'POST',
        body: request,
        key: request.key,
        answer: faceAnswerSchema,
      }),
  }
}
