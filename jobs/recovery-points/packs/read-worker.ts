/** A reading thread. */
import { parentPort } from 'node:worker_threads';
import { carryOut, linesIn, type Order } from './read-order.ts';

parentPort!.on('message', (order: Order) => {
  const answer = carryOut(order);
  // Given back at once: a collector would let them pile up.
  linesIn(order)?.transfer(0);
  const pieces = 'result' in answer && 'pieces' in answer.result ? answer.result.pieces : [];
  parentPort!.postMessage(
    answer,
    pieces.map(({ buffer }) => buffer as ArrayBuffer),
  );
});
