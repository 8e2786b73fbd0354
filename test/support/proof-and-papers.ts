import { createHash } from 'node:crypto'
import { type Asker, secondRole } from '../../src/shared/domain/asker.ts'
import { attachmentViews } from '../../src/shared/protocol/attachment-views.ts'
import type { AttachmentKind } from '../../src/shared/protocol/jobs.ts'
import type { CounterClient } from './counter-client.ts'
import type { DirectoryEntry, OutsideWorld } from './service-world.ts'
import { typedDocument } from './typed-document.ts'

/** The answer of the service, which must not be a refusal. */
export function must<T>(answer: { ok: true; value: T } | { ok: false; status: number; error: { code: string } }): T {
  if (!answer.ok) throw new Error(`refused: ${JSON.stringify(answer.error)}`)
  return answer.value
}

function picture(content: Buffer, mediaType: 'image/png' | 'text/html' = 'image/png') {
  return {
    mediaType,
    sha256: createHash('sha256').update(content).digest('hex'),
    contentBase64: content.toString('base64'),
  }
}

/** Who comes to the counter: the holder, or somebody of the directory in their place. */
export function actorFor(entry: DirectoryEntry, asker: Asker): DirectoryEntry['actors'][number] | undefined {
  return secondRole(asker) ? entry.actors.find((actor) => actor.asker === asker) : undefined
}

/** What a counter sends to prove who asks: documents, portrait of who is here, and the password where one is asked for. */
export async function proofRequest(
  world: OutsideWorld,
  entry: DirectoryEntry,
  caseId: string,
  asker: Asker = 'holder',
) {
  const actor = actorFor(entry, asker)
  const knows = asker !== 'heir' && asker !== 'disowned'
  return {
    caseId,
    msisdn: entry.msisdn,
    asker,
    document: typedDocument(entry),
    ...(actor ? { secondDocument: typedDocument(actor) } : {}),
    ...(knows ? { servicePassword: entry.servicePassword } : {}),
    oftenCalledNumbers: entry.oftenCalledNumbers.slice(0, 2),
    portrait: picture(await world.photograph((actor ?? entry).person.id, 'portrait')),
  }
}

/** Asks for the number and proves who asks; throws when refused. */
export async function proveHolder(
  counter: CounterClient,
  world: OutsideWorld,
  entry: DirectoryEntry,
  caseId: string,
  asker: Asker = 'holder',
) {
  must(await counter.queryNumber(entry.msisdn))
  return must(await counter.post('proveIdentity', await proofRequest(world, entry, caseId, asker)))
}

/** Papers as stored attachments: their jobs, and the references an order names. */
export async function papersOf(
  counter: CounterClient,
  world: OutsideWorld,
  entry: DirectoryEntry,
  caseId: string,
  kinds: readonly AttachmentKind[] = ['documentFront', 'documentBack', 'portrait', 'signedForm'],
  present = entry.person,
) {
  const contents: [AttachmentKind, ReturnType<typeof picture>][] = []
  for (const kind of kinds)
    contents.push([
      kind,
      kind === 'signedForm'
        ? picture(Buffer.from(`<!doctype html><p>${caseId}</p>`), 'text/html')
        : picture(await world.photograph(present.id, attachmentViews[kind])),
    ])
  const papers = contents.map(([kind, content]) => ({ attachmentId: counter.randomCaseId(), kind, caseId, ...content }))
  return {
    jobs: papers.map((paper) => counter.job('attachment.store', paper, { lane: caseId, staffId: counter.staffId()! })),
    references: papers.map(({ attachmentId, kind, mediaType, sha256 }) => ({ attachmentId, kind, mediaType, sha256 })),
  }
}
