// Opens, generates, cancels and closes through the addon: `node --expose-gc test/native/cycles.mjs [count]`. Memory must not grow.
import { openModel, request } from './harness.mjs';

const count = Number(process.argv[2] ?? 2000);
const resident = () => {
  globalThis.gc?.();
  return process.memoryUsage().rss / 2 ** 20;
};

let before = 0;
for (let i = 0; i < count; i++) {
  if (i === Math.floor(count / 5)) before = resident();
  const { model, start } = await openModel('tiny-a', {
    activations: i % 2 ? 'bf16' : 'f32',
    maxSequences: 2,
    threads: 1 + (i % 2),
  });
  const long = start(request([1, 2, 3], 200));
  await start(request([4], 2)).reply;
  model.cancel(long.id);
  if (i % 3) await long.reply; // else the close ends it
  await model.close();
  if (!(i % 3)) await long.reply;
}
const after = resident();
console.log(`${count} cycles: ${before.toFixed(1)} MiB, then ${after.toFixed(1)} MiB resident`);
if (after > before + 16) {
  console.error('memory has grown');
  process.exitCode = 1;
}
