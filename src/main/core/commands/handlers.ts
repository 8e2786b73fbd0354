import { signCase, viewAcceptance } from './acceptance-commands.ts'
import { enrolDevice, setLanguage, viewApp } from './app-commands.ts'
import { saveAsker, saveSecond } from './asker-commands.ts'
import { exportAudit, listAudit, verifyAudit } from './audit-commands.ts'
import { capture } from './capture-command.ts'
import { listCases, searchCases, viewOneCase } from './case-list.ts'
import { correctJob } from './correct-command.ts'
import { approve, chooseAgreement } from './decision-commands.ts'
import { viewDesk } from './desk-command.ts'
import { readAttachment, saveDocument } from './document-commands.ts'
import { acceptFigures, approveFigures, viewFigures } from './figures-commands.ts'
import { acknowledge, doTask, handOverNote, overrideBlocker, undoTask } from './finding-commands.ts'
import type { Handlers } from './handler.ts'
import { exportStatement, listStatements, readStatement } from './ledger-commands.ts'
import { giveBack, payRefund } from './money-back-commands.ts'
import { abandonCase, lookUpNumber, openCase, queryNumber } from './number-commands.ts'
import { resupplyOrder, urgeOrder, withdrawOrder } from './order-commands.ts'
import { handOverJob, listOutbox, retryJob } from './outbox-commands.ts'
import { takePayment } from './payment-command.ts'
import { supplyPortrait } from './portrait-command.ts'
import { postponeCase, reopenCase } from './postpone-commands.ts'
import { preCheck, prove, sendOneTimeCode } from './proof-commands.ts'
import { printReceipt, viewReceipt } from './receipt-commands.ts'
import { repairOrder, viewRepairs } from './repair-commands.ts'
import { signIn, signOut } from './session-commands.ts'
import { saveSettlement } from './settlement-command.ts'
import { submitCase } from './submit-command.ts'
import { askApproval, closeTicket, decideApproval, viewSupervision, withdrawApproval } from './supervision-commands.ts'

/** The command table, carried out. A command without a handler does not compile. */
export const handlers: Handlers = {
  'app.view': viewApp,
  'app.setLanguage': setLanguage,
  'device.enrol': enrolDevice,
  'session.signIn': signIn,
  'session.signOut': signOut,
  'desk.view': viewDesk,
  'case.list': listCases,
  'case.search': searchCases,
  'case.view': viewOneCase,
  'number.lookUp': lookUpNumber,
  'case.open': openCase,
  'case.queryNumber': queryNumber,
  'case.abandon': abandonCase,
  'case.saveAsker': saveAsker,
  'case.saveSecond': saveSecond,
  'case.saveDocument': saveDocument,
  'case.capture': capture,
  'case.attachment': readAttachment,
  'case.sendOneTimeCode': sendOneTimeCode,
  'case.prove': prove,
  'case.preCheck': preCheck,
  'case.acknowledge': acknowledge,
  'case.overrideBlocker': overrideBlocker,
  'case.doTask': doTask,
  'case.undoTask': undoTask,
  'case.handOverNote': handOverNote,
  'case.chooseAgreement': chooseAgreement,
  'case.approve': approve,
  'approval.ask': askApproval,
  'approval.withdraw': withdrawApproval,
  'supervision.view': viewSupervision,
  'approval.decide': decideApproval,
  'ticket.close': closeTicket,
  'audit.list': listAudit,
  'audit.verify': verifyAudit,
  'audit.export': exportAudit,
  'case.saveSettlement': saveSettlement,
  'case.takePayment': takePayment,
  'case.acceptance': viewAcceptance,
  'case.sign': signCase,
  'case.giveBack': giveBack,
  'case.postpone': postponeCase,
  'case.reopen': reopenCase,
  'order.payRefund': payRefund,
  'ledger.statements': listStatements,
  'ledger.statement': readStatement,
  'ledger.export': exportStatement,
  'case.submit': submitCase,
  'order.withdraw': withdrawOrder,
  'order.urge': urgeOrder,
  'order.resupply': resupplyOrder,
  'order.viewFigures': viewFigures,
  'order.approveFigures': approveFigures,
  'order.acceptFigures': acceptFigures,
  'order.supplyPortrait': supplyPortrait,
  'order.repairs': viewRepairs,
  'order.repair': repairOrder,
  'receipt.view': viewReceipt,
  'receipt.print': printReceipt,
  'outbox.list': listOutbox,
  'outbox.retry': retryJob,
  'outbox.correct': correctJob,
  'outbox.handOver': handOverJob,
}
