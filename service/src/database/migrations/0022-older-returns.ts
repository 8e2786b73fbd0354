/** Money returned on a terminal that nobody has asked the payment provider about: builds from before 0020 record it so. Empty once they are gone. */
export const olderReturns: readonly string[] = [
  `create index refund_unasked on refund (paid_at)
   where claim_state is null and next_step_at is null and method <> 'cash'`,
]
