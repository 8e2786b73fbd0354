import { formatInstant, instant } from '../../../src/shared/domain/calendar.ts'
import { fen, formatYuan } from '../../../src/shared/domain/money.ts'
import { byStore } from '../../../src/shared/domain/repairs.ts'
import type { ProductOrderTable } from '../database/tables.ts'
import { warningOf } from '../stop/warning-settings.ts'
import { isReturnedByStore } from './returned-by-store.ts'

/** Messages to the contact tell of the order; messages to the number itself warn its true holder and answer their replies. */
export const smsTemplates = {
  accepted: 'contact',
  returned: 'contact',
  figuresChanged: 'contact',
  refused: 'contact',
  withdrawn: 'contact',
  stopped: 'contact',
  expired: 'contact',
  completed: 'contact',
  refundFailed: 'contact',
  warning: 'number',
  warningAgain: 'number',
  stopTaken: 'number',
  stopCodeWrong: 'number',
  stopTooLate: 'number',
  stopNotNeeded: 'number',
} as const
export type SmsTemplate = keyof typeof smsTemplates

/** A total as it is told: what is to be paid, or what goes back. */
function owing(totalFen: number): string {
  return `${totalFen < 0 ? '应退' : '应付'} ${formatYuan(fen(Math.abs(totalFen)))} 元`
}

/** The text of a message; the number itself is shown by its last four digits only, since the contact is somebody else's phone. */
export function smsText(template: SmsTemplate, order: ProductOrderTable): string {
  const number = `尾号 ${order.msisdn.slice(-4)} 的号码`
  const reference = `受理单 ${order.case_number}`
  const { stopWord } = warningOf(order)
  const until = order.cooling_until === null ? '' : formatInstant(instant(order.cooling_until))
  const stop = order.stop_code === null ? '请立即到营业厅叫停' : `请立即回复“${stopWord}${order.stop_code}”叫停`
  switch (template) {
    case 'accepted':
      return `【销号柜台】${number}的异地销户申请已受理，${reference}，${until ? `冷静期至 ${until}，` : ''}最迟 ${order.deadline} 办结。`
    case 'warning':
      return `【销号柜台】本号码正在办理异地销户，${reference}${until ? `，${until} 后提交归属省` : ''}。如非您本人申请，${stop}。叫停码请勿告诉任何人。`
    case 'warningAgain':
      return `【销号柜台】提醒：本号码的异地销户申请即将于 ${until} 提交归属省，${reference}。如非您本人申请，${stop}。`
    case 'stopTaken':
      return `【销号柜台】已收到您的叫停，${reference}，本号码的销户申请不再继续，号码是否保留以后续短信为准。请尽快携证件到营业厅核实，并检查是否有人冒用您的证件。`
    case 'stopCodeWrong':
      return `【销号柜台】叫停码不对或缺少叫停码。请按提醒短信回复“${stopWord}”加六位数字，或立即到营业厅。`
    case 'stopTooLate':
      return `【销号柜台】您的叫停到达时，${reference}已无法撤回。我们已通知受理营业厅的值班长，请立即携证件到任一营业厅核实。`
    case 'stopNotNeeded':
      return `【销号柜台】${reference}已经终止，本号码未被销户，无须再叫停。`
    case 'returned':
      if (isReturnedByStore(order))
        return `【销号柜台】${number}的销户申请需您确认，尚未办理任何解约。请于 ${formatInstant(instant(order.resupply_by ?? 0))} 前到受理营业厅，${reference}。`
      return `【销号柜台】${number}的销户申请被归属省退回补件，请于 ${formatInstant(instant(order.resupply_by ?? 0))} 前到受理营业厅补充材料，${reference}。`
    case 'figuresChanged': {
      const { signedFen, amountFen } = JSON.parse(order.returned_for ?? '{"params":{}}').params
      return `【销号柜台】${number}的销户费用与您签字时不同（原${owing(signedFen ?? 0)}，现${owing(amountFen ?? 0)}），尚未办理任何解约。请于 ${formatInstant(instant(order.resupply_by ?? 0))} 前到受理营业厅确认或撤销，${reference}。`
    }
    case 'refused':
      if (order.refused_for !== null && JSON.parse(order.refused_for).code === byStore)
        return `【销号柜台】${number}的销户申请经受理营业厅核实不予办理，号码保留。详情请咨询受理营业厅，${reference}。`
      return `【销号柜台】${number}的销户申请未获归属省通过，号码保留。详情请咨询受理营业厅，${reference}。`
    case 'withdrawn':
      return `【销号柜台】${number}的销户申请已撤销，号码保留，${reference}。`
    case 'stopped':
      return `【销号柜台】${number}的销户申请已被号码机主短信叫停，号码保留，${reference}。`
    case 'expired':
      return `【销号柜台】${number}的销户申请已超过办理期限而终止，号码保留，${reference}。`
    case 'refundFailed':
      return `【销号柜台】${number}的退款未能到账，${formatYuan(fen(order.refund_fen ?? 0))} 元可凭本人证件到受理营业厅领取，${reference}。`
    case 'completed': {
      const refund = order.refund_fen ? `，应退 ${formatYuan(fen(order.refund_fen))} 元将按登记的方式退还` : ''
      return `【销号柜台】${number}已于 ${formatInstant(instant(order.effective_at ?? 0))} 销户${refund}，${reference}。`
    }
  }
}
