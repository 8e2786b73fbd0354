import type { AppView } from '../../../shared/contract/views.ts'
import { instant, shanghaiDate } from '../../../shared/domain/calendar.ts'
import { ok } from '../../../shared/domain/result.ts'
import { packInForce } from '../../../shared/domain/rules/resolve-rules.ts'
import type { Context } from '../context.ts'
import { enrol } from './enrol.ts'
import type { Handler } from './handler.ts'

function noticeOf(context: Context): AppView['storeNotice'] {
  const { opening } = context.store
  switch (opening.state) {
    case 'tornTailCut':
      return { code: 'tornTailCut', params: { bytes: opening.cutBytes } }
    case 'damaged':
      return {
        code: 'damaged',
        params: { files: opening.setAside.length, salvaged: opening.salvagedFrames, lost: opening.lostFrames },
      }
    default:
      return setBackNotice(context)
  }
}

/** For a day, so that everybody who works here has seen it. */
const setBackShownMs = 24 * 3600_000

function setBackNotice(context: Context): AppView['storeNotice'] {
  const found = context.setBack()
  if (!found || context.ports.clock.now() - found.at > setBackShownMs) return undefined
  return {
    code: 'setBack',
    params: { recalled: found.recalled, renumbered: found.renumbered, payments: found.payments, cases: found.cases },
  }
}

/** Everything the frame of the UI shows. */
export function appView(context: Context): AppView {
  const { ports } = context
  const now = instant(ports.clock.now())
  const publishedAt = context.rules.newestAt()
  return {
    version: ports.version,
    profile: ports.profile,
    device: context.device(),
    staff: context.session.current()?.staff,
    connection: context.connection.view(),
    storeNotice: noticeOf(context),
    language: ports.settings.read().language,
    rulesVersion: packInForce(ports.resources.packs, 'cn', shanghaiDate(now))?.version,
    rulesPublishedAt: publishedAt === undefined ? undefined : instant(publishedAt),
    captureStation: ports.captureStation !== undefined,
    now,
  }
}

export const viewApp: Handler<'app.view'> = async (_, context) => ok(appView(context))

/** Remembers the language on this machine. */
export const setLanguage: Handler<'app.setLanguage'> = async ({ language }, context) => {
  await context.ports.settings.write({ ...context.ports.settings.read(), language })
  return ok(appView(context))
}

export const enrolDevice: Handler<'device.enrol'> = async ({ enrolmentCode }, context) => {
  const enrolled = await enrol(context, enrolmentCode, 'counter')
  return enrolled.ok ? ok(appView(context)) : enrolled
}
