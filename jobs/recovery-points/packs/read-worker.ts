/** A reading thread. */
import { parentPort } from 'node:worker_threads';
import { carryOut, type Order } from './read-order.ts';

parentPort!.on('message', (order: Order) => {
  const answer = carryOut(order);
  const pieces = 'result' in answer && 'pieces' in answer.result ? answer.result.pieces : [];
  parentPort!.postMessage(
    answer,
    pieces.map(({ buffer }) => buffer as ArrayBuffer),
  );
});
