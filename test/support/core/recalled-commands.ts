import type { CommandName } from '../../../src/shared/contract/commands.ts'
import { strokes } from './counter-steps.ts'
import { holderDocument, tinyPng } from './double-data.ts'

/** A picture as the camera gives it. */
export const file = { mediaType: 'image/png', contentBase64: tinyPng } as const
const approver = { staffId: '300', password: 'right' }
const contact = { name: '李四', phone: '13800138000' }
const hash = 'a'.repeat(64)
const onlyDrafts = 'case.closed'

/** What each command is given beside the case, and how it answers while the home province reviews the order. */
export const whileReviewed: Partial<Record<CommandName, [input: object, answer: string]>> = {
  'case.view': [{}, 'ok'],
  'case.queryNumber': [{}, onlyDrafts],
  'case.abandon': [{ reason: '客户不办了' }, onlyDrafts],
  'case.acknowledge': [{ code: 'ARREARS', reason: '已告知' }, onlyDrafts],
  'case.overrideBlocker': [{ code: 'ARREARS', reason: '已告知', approver }, onlyDrafts],
  'case.doTask': [{ action: 'returnDevice', subject: 'M-1', way: 'here' }, onlyDrafts],
  'case.handOverNote': [{}, 'case.recalled'],
  'case.undoTask': [{ action: 'returnDevice', subject: 'M-1' }, onlyDrafts],
  'case.chooseAgreement': [{ agreementId: 'A-1', option: 'terminate' }, onlyDrafts],
  'case.approve': [{ subject: 'premiumNumber', reason: '核对无误', approver }, onlyDrafts],
  'approval.ask': [{ subject: 'premiumNumber', reason: '请远程复核' }, onlyDrafts],
  'case.saveAsker': [{ asker: 'agent' }, onlyDrafts],
  'case.saveSecond': [{ document: holderDocument }, onlyDrafts],
  'case.saveDocument': [{ document: holderDocument }, onlyDrafts],
  'case.capture': [{ kind: 'documentFront', file }, 'order.notReturned'],
  'case.attachment': [{ attachmentId: crypto.randomUUID() }, 'picture.notHere'],
  'case.sendOneTimeCode': [{}, onlyDrafts],
  'case.prove': [{ servicePassword: '123456' }, onlyDrafts],
  'case.preCheck': [{}, onlyDrafts],
  'case.saveSettlement': [{ contact, disconnectReason: 'moved' }, onlyDrafts],
  'case.takePayment': [{ method: 'cash', amountFen: 100 }, onlyDrafts],
  'case.giveBack': [{ paymentId: crypto.randomUUID(), reason: '多收了' }, onlyDrafts],
  'case.postpone': [{}, onlyDrafts],
  'case.reopen': [{}, 'case.notPostponed'],
  'case.acceptance': [{}, onlyDrafts],
  'case.sign': [{ strokes, documentSha256: hash }, onlyDrafts],
  'case.submit': [{}, onlyDrafts],
  'order.urge': [{ reason: '客户着急' }, 'ok'],
  'order.resupply': [{ note: '已补' }, 'order.notReturned'],
  'order.viewFigures': [{}, 'order.figuresGone'],
  'order.approveFigures': [{ subject: 'waiver', agreementId: 'A-1', reason: '同意', approver }, 'order.figuresGone'],
  'order.acceptFigures': [{ strokes, documentSha256: hash, method: 'cash' }, 'order.figuresGone'],
  'order.supplyPortrait': [{ file }, 'case.recalled'],
  'order.payRefund': [{ method: 'cash', amountFen: 100 }, 'refund.notOwed'],
  'receipt.view': [{}, 'ok'],
  'receipt.print': [{}, 'ok'],
  // Last: after it the order is on its way out.
  'order.withdraw': [{ reason: '客户改主意' }, 'ok'],
}

/** Commands that are about no case, or about one only by way of something that a case found again does not have here. */
export const aboutNoCase: readonly CommandName[] = [
  'app.view',
  'app.setLanguage',
  'device.enrol',
  'session.signIn',
  'session.signOut',
  'desk.view',
  'case.list',
  'case.search',
  'number.lookUp',
  'case.open',
  'approval.withdraw',
  'supervision.view',
  'approval.decide',
  'ticket.close',
  'audit.list',
  'audit.verify',
  'audit.export',
  'order.repairs',
  'order.repair',
  'ledger.statements',
  'ledger.statement',
  'ledger.export',
  'outbox.list',
  'outbox.retry',
  'outbox.correct',
  'outbox.handOver',
]
