import { isFinal, orderStages } from '../../../src/shared/domain/order.ts'

/** Stages after which nothing happens by itself; the partial indexes of `product_order` name the same ones. */
export const finalStages = orderStages.filter(isFinal)
