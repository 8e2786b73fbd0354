import {
  paymentAnswerSchema,
  paymentRequestSchema,
  preCheckAnswerSchema,
  reversalAnswerSchema,
  reversalRequestSchema,
} from '../wire/home-bss.ts'
import {
  deactivationAnswerSchema,
  finalBillAnswerSchema,
  invoiceVoidAnswerSchema,
  invoiceVoidRequestSchema,
  orderReferenceSchema,
  resupplyAnswerSchema,
  resupplyRequestSchema,
  serviceOrderAnswerSchema,
  serviceOrderRequestSchema,
  serviceOrderStateSchema,
  terminationAnswerSchema,
  terminationRequestSchema,
  urgeAnswerSchema,
  urgeRequestSchema,
  withdrawalAnswerSchema,
  withdrawalRequestSchema,
} from '../wire/service-order.ts'
import { cancelled, notApproved, unknownNumber, unknownOrder } from './home-bss-refusals.ts'
import type { PortOperation } from './port.ts'

/** Money taken elsewhere, and taken back. */
export const homeBssPayments: readonly PortOperation[] = [
  {
    operationId: 'payments',
    method: 'POST',
    path: '/payments',
    summary: { zh: '异地代收入账', en: 'Posts money taken at a counter of another province' },
    rules: {
      zh: '分配之和等于金额；缴清账单后因欠费停机的号码应恢复。correlatorId 全局唯一，重复提交相同内容答复首次结果。',
      en: 'Allocations sum to the amount. Paying all bills resumes a line stopped for arrears. The same correlatorId with the same content gives the first answer.',
    },
    request: paymentRequestSchema,
    answer: paymentAnswerSchema,
    changes: true,
    refusals: {
      ...unknownNumber,
      ...cancelled,
      ALLOCATION_MISMATCH: {
        zh: '分配之和不等于金额；参数 sumLi',
        en: 'allocations do not sum to the amount; params sumLi',
      },
      UNKNOWN_BILL: { zh: '没有这张账单；参数 ref', en: 'no such bill; params ref' },
      OVERPAID: { zh: '超过账单未付金额；参数 ref、unpaidLi', en: 'more than is unpaid; params ref, unpaidLi' },
      DUPLICATE_CORRELATOR: { zh: 'correlatorId 已用于另一笔款项', en: 'the correlatorId belongs to another payment' },
    },
  },
  {
    operationId: 'payments.reversal',
    method: 'POST',
    path: '/payments/{correlatorId}/reversal',
    summary: { zh: '冲正全部或部分代收款', en: 'Takes a payment back, wholly or in part' },
    request: reversalRequestSchema,
    answer: reversalAnswerSchema,
    changes: true,
    refusals: {
      ...cancelled,
      UNKNOWN_PAYMENT: { zh: '没有这笔款项', en: 'no such payment' },
      REVERSAL_TOO_LARGE: {
        zh: '超过剩余可冲正金额；参数 remainingLi',
        en: 'more than is left of it; params remainingLi',
      },
    },
  },
]

/** The remote-cancellation order from dispatch to the end of the line. */
export const homeBssOrders: readonly PortOperation[] = [
  {
    operationId: 'service-orders',
    method: 'POST',
    path: '/service-orders',
    summary: { zh: '派单：接收异地销户工单', en: 'Takes in a remote-cancellation order' },
    rules: {
      zh: '同一号码同时只有一张在途工单。remedies 列出随单办理的融合业务事项（如解除副卡），须在销户前办妥并在进度中回报。',
      en: 'One open order per number. `remedies` names what is to be done to the bundle with the order (e.g. releasing a secondary card): done before the line ends, and told with the state.',
    },
    request: serviceOrderRequestSchema,
    answer: serviceOrderAnswerSchema,
    changes: true,
    refusals: {
      ...unknownNumber,
      ...cancelled,
      ALREADY_DISPATCHED: {
        zh: '该号码或该工单号已有工单；参数 orderId',
        en: 'there is an order already; params orderId',
      },
      UNKNOWN_AGREEMENT: { zh: '没有这份协议；参数 agreementId', en: 'no such agreement; params agreementId' },
      TOKEN_EXPIRED: { zh: '身份凭证在归属省已过期', en: 'the proof of identity has expired at the home province' },
    },
  },
  {
    operationId: 'service-orders.state',
    method: 'GET',
    path: '/service-orders/{orderId}',
    summary: { zh: '工单进度', en: 'Where an order stands' },
    rules: {
      zh: '退回时给出原因代码与补件期限；处理人与环节用于向客户说明。',
      en: 'A returned order names why and until when papers may come; handler and stage are told to the customer.',
    },
    answer: serviceOrderStateSchema,
    changes: false,
    refusals: unknownOrder,
  },
  {
    operationId: 'service-orders.account',
    method: 'GET',
    path: '/service-orders/{orderId}/account',
    summary: {
      zh: '执行前核对：工单背后的账户',
      en: 'The account behind an order, for a last look before it is carried out',
    },
    rules: {
      zh: '与销户前校验同样内容；本工单已办理的解约、销户按未办理列示，本工单自身不算阻断，以便重复核对结果一致。',
      en: 'Shaped like a pre-check. What this order itself has ended is shown as if it had not, and the order itself is no finding, so that looking again shows the same.',
    },
    answer: preCheckAnswerSchema,
    changes: false,
    refusals: unknownOrder,
  },
  {
    operationId: 'service-orders.resupply',
    method: 'POST',
    path: '/service-orders/{orderId}/resupply',
    summary: { zh: '补件或更正后重新送审', en: 'Papers or corrections for a returned order' },
    request: resupplyRequestSchema,
    answer: resupplyAnswerSchema,
    changes: true,
    refusals: {
      ...unknownOrder,
      NOT_RETURNED: { zh: '工单不在退回状态；参数 state', en: 'the order was not returned; params state' },
      RESUPPLY_TOO_LATE: { zh: '已过补件期限', en: 'the time for papers has passed' },
    },
  },
  {
    operationId: 'service-orders.urge',
    method: 'POST',
    path: '/service-orders/{orderId}/urge',
    summary: { zh: '催单', en: 'Asks to hurry; counted' },
    request: urgeRequestSchema,
    answer: urgeAnswerSchema,
    changes: true,
    refusals: {
      ...unknownOrder,
      NOT_URGEABLE: { zh: '当前状态不可催；参数 state', en: 'cannot be urged now; params state' },
    },
  },
  {
    operationId: 'service-orders.withdrawal',
    method: 'POST',
    path: '/service-orders/{orderId}/withdrawal',
    summary: { zh: '撤单，审核通过前有效', en: 'Takes the order back, until it is approved' },
    request: withdrawalRequestSchema,
    answer: withdrawalAnswerSchema,
    changes: true,
    refusals: {
      ...unknownOrder,
      ALREADY_APPROVED: { zh: '已审核通过，不能撤回', en: 'approved already' },
      ALREADY_REFUSED: { zh: '已拒绝', en: 'refused already' },
    },
  },
  {
    operationId: 'agreements.termination',
    method: 'POST',
    path: '/agreements/{agreementId}/termination',
    summary: { zh: '解除一份协议', en: 'Ends one agreement the approved order lists' },
    rules: { zh: '重复解除答复首次结果。', en: 'Ending it twice gives the first answer.' },
    request: terminationRequestSchema,
    answer: terminationAnswerSchema,
    changes: true,
    refusals: { ...notApproved, UNKNOWN_AGREEMENT: { zh: '工单未列该协议', en: 'not listed in the order' } },
  },
  {
    operationId: 'invoices.void',
    method: 'POST',
    path: '/invoices/{billId}/void',
    summary: {
      zh: '作废已开发票：收回原票或开红字发票',
      en: 'Voids an issued invoice: original back, or a red-letter invoice',
    },
    rules: {
      zh: '号码、抬头、金额须与原票一致；重复作废答复首次结果。',
      en: 'Number, name and amount as on the invoice; voiding it twice gives the first answer.',
    },
    request: invoiceVoidRequestSchema,
    answer: invoiceVoidAnswerSchema,
    changes: true,
    refusals: {
      ...notApproved,
      UNKNOWN_BILL: { zh: '没有这张账单；参数 billId', en: 'no such bill; params billId' },
      NOT_INVOICED: { zh: '这张账单没有开过发票', en: 'no invoice was issued for it' },
      AMOUNT_DIFFERS: { zh: '金额与原票不符', en: 'the amount differs from the invoice' },
      NUMBER_DIFFERS: { zh: '发票号码与原票不符', en: 'the number differs from the invoice' },
      NAME_DIFFERS: { zh: '抬头与原票不符', en: 'the name differs from the invoice' },
    },
  },
  {
    operationId: 'final-bill',
    method: 'POST',
    path: '/final-bill',
    summary: { zh: '出具终账单', en: 'Makes the final bill on demand' },
    rules: {
      zh: '各行之和：费用行之和等于 amountLi，全部行之和等于 outstandingLi；金额为整数分。',
      en: 'Charges sum to amountLi, all lines together to outstandingLi; whole fen only.',
    },
    request: orderReferenceSchema,
    answer: finalBillAnswerSchema,
    changes: true,
    refusals: {
      ...notApproved,
      AGREEMENTS_IN_FORCE: {
        zh: '仍有协议未解除；参数 agreementId、count',
        en: 'agreements still in force; params agreementId, count',
      },
    },
  },
  {
    operationId: 'deactivation',
    method: 'POST',
    path: '/deactivation',
    summary: { zh: '销户生效，号码进入静默期', en: 'Ends the line; the number rests for at least 90 days' },
    rules: {
      zh: '工单没有写退款方式时，退款由受理省柜台代付（多收的款项原收原退），归属省不另行退款。',
      en: 'Where the order names no way for a refund, the handling province hands it back at its counter (it was paid too much there); the home province pays nothing itself.',
    },
    request: orderReferenceSchema,
    answer: deactivationAnswerSchema,
    changes: true,
    refusals: {
      ...notApproved,
      AGREEMENTS_IN_FORCE: { zh: '仍有协议未解除', en: 'agreements still in force' },
      UNPAID_BILLS: { zh: '仍有欠款；参数 outstandingLi', en: 'money is still owed; params outstandingLi' },
      FINAL_BILL_MISSING: { zh: '尚未出具终账单', en: 'no final bill yet' },
    },
  },
]
