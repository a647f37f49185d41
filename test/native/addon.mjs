// The addon's face, from JavaScript: `node --expose-gc test/native/addon.mjs`.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { addon, golden, modelFolder, none, openModel, options, request } from './harness.mjs';

const tests = {
  async 'greedy tokens equal the golden ones'() {
    for (const name of ['tiny-a', 'tiny-b']) {
      const { model, run } = await openModel(name);
      const replies = await Promise.all(golden(name).prompts.map((p) => run(request(p.tokens, 16))));
      replies.forEach(([tokens, finish], i) => {
        assert.deepEqual(tokens, golden(name).prompts[i].greedy);
        assert.equal(finish, 'length');
      });
      await model.close();
    }
  },

  async "a trace has the contract's shapes, and chunks give equal bits"() {
    const { model } = await openModel('tiny-a');
    const tokens = Int32Array.from(golden('tiny-a').prompts[2].tokens);
    const whole = await model.trace(tokens, 0);
    const steps = await model.trace(tokens, 1);
    assert.deepEqual(whole, steps);
    const c = model.config;
    assert.equal(whole.logits.length, 33 * c.vocabSize);
    assert.equal(whole.hidden.length, (c.numLayers + 1) * 33 * c.embSize);
    assert.equal(whole.routerProbs.length, c.numLayers * 33 * c.numExperts);
    assert.equal(whole.experts.length, c.numLayers * 33 * c.numSelectedExperts);
    await model.close();
  },

  async 'a prompt is read once, and stats() says so'() {
    const { model, run } = await openModel('tiny-a', { kvBytes: 40 * 8192, stepTokens: 100 });
    const tokens = golden('tiny-a').prompts[3].tokens;
    const first = await run(request(tokens, 16));
    assert.deepEqual(await run(request(tokens, 16, { priority: 'low' })), first);
    const s = model.stats();
    assert.equal(s.prefixHits, 112);
    assert.equal(s.prefixMisses, 128);
    assert.equal(s.promptTokens, 128);
    assert.equal(s.kvBytes, 40 * 8192);
    assert.deepEqual([s.kvBlocks, s.kvBlocksUsed, s.running, s.waiting, s.preempted, s.batch], [40, 0, 0, 0, 0, 1]);
    assert.ok(s.kvBlocksCached >= 8 && s.stepMs > 0);
    await model.close();
  },

  async 'a model on several shards answers as on one'() {
    const { prompts } = golden('tiny-a');
    for (const shards of [2, 8]) {
      const { model, run } = await openModel('tiny-a', { activations: 'f32', device: 'cpu', shards });
      assert.equal(model.stats().shards, shards);
      assert.ok(model.stats().threads >= shards);
      for (const { tokens, greedy } of prompts) assert.deepEqual((await run(request(tokens, 16)))[0], greedy);
      await model.close();
    }
  },

  async 'cancel, also several at once'() {
    const { model, start } = await openModel('tiny-b', { maxSequences: 1 });
    const all = [1, 2, 3].map((n) => start(request([n, 5], 240)));
    for (const { id } of all) model.cancel(id);
    model.cancel(99999);
    for (const { reply } of all) assert.equal((await reply)[1], 'cancelled');
    await model.close();
  },

  async 'convert writes a model that opens, and refuses wrong arguments'() {
    const target = mkdtempSync(join(tmpdir(), 'wisecrack-convert-'));
    try {
      const how = { dtype: 'int8', shards: 2, threads: 2 };
      let last = [];
      const result = await addon.convert(modelFolder('tiny-a'), target, how, (...figures) => {
        last = figures;
        return true;
      });
      assert.deepEqual(last, [result.bytes, result.bytes, 0]);
      assert.equal(result.shards, 2);
      await (await addon.open(target, options, () => {})).close();
      assert.throws(() => addon.convert(target, target, { ...how, dtype: 'fp8' }, () => true), /dtype/);
      assert.throws(() => addon.convert(target, target, { ...how, shards: -1 }, () => true), RangeError);
      assert.throws(() => addon.convert(target, target, how), /onProgress/);
      await assert.rejects(
        addon.convert(modelFolder('tiny-a'), target, { ...how, shards: 3 }, () => true),
        { code: 'WISECRACK_CONVERT_FAILED' },
      );
    } finally {
      rmSync(target, { recursive: true });
    }
  },

  async 'close ends what runs and refuses what comes after'() {
    const { model, start } = await openModel('tiny-a');
    const { reply } = start(request([5], 250));
    const trace = model.trace(
      Int32Array.from({ length: 200 }, () => 7),
      1,
    );
    trace.catch(() => {});
    const [first] = await Promise.all([model.close(), model.close()]);
    assert.equal(first, undefined);
    assert.equal((await reply)[1], 'cancelled');
    await trace.then(
      () => {},
      (e) => assert.match(e.message, /closed/),
    );
    await model.close();
    for (const call of [
      () => model.stats(),
      () => model.generate(request([1], 1)),
      () => model.cancel(1),
      () => model.trace(none, 0),
    ])
      assert.throws(call, /the model is closed/);
    assert.equal(model.config.vocabSize, 512);
  },

  async 'wrong arguments throw at once'() {
    const { model } = await openModel('tiny-a');
    const wrong = [
      [request([], 5), RangeError, /prompt is empty/],
      [request([512], 5), RangeError, /ids from 0 to 511/],
      [request(Array(300).fill(1), 5), RangeError, /prompt has 300 tokens, the context is 256/],
      [request([1], 0), RangeError, /maxTokens is 0/],
      [request([1], 1.5), RangeError, /maxTokens must be a whole number/],
      [request([1], '5'), TypeError, /maxTokens must be a number/],
      [request([1], 5, { tokens: [1] }), TypeError, /tokens must be an Int32Array/],
      [request([1], 5, { tokens: new Float32Array(1) }), TypeError, /tokens must be an Int32Array/],
      [request([1], 5, { sampling: null }), TypeError, /sampling must be an object/],
      [request([1], 5, { sampling: { temperature: NaN } }), TypeError, /topK must be a number/],
      [request([1], 5, { priority: 'high' }), TypeError, /priority must be 'normal' or 'low'/],
      [request([1], 5, { priority: 1 }), TypeError, /priority must be a string/],
      [undefined, TypeError, /request must be an object/],
    ];
    for (const [r, kind, message] of wrong)
      assert.throws(
        () => model.generate(r),
        (e) => e instanceof kind && message.test(e.message),
      );
    assert.throws(() => new model.constructor(), TypeError);
    await assert.rejects(async () => model.trace(none, 0), RangeError);
    await model.close();
  },

  async 'arguments whose getters close the model or take their own bytes away are refused'() {
    const { model } = await openModel('tiny-a');
    const closing = request([1], 5);
    Object.defineProperty(closing, 'maxTokens', {
      get() {
        model.close();
        return 5;
      },
    });
    assert.throws(() => model.generate(closing), /the model is closed/);
    const throwing = Object.defineProperty(request([1], 5), 'tokens', {
      get() {
        throw new SyntaxError('from a getter');
      },
    });
    const { model: other } = await openModel('tiny-a');
    assert.throws(() => other.generate(throwing), SyntaxError);
    await other.close();
    const bytes = new Uint8Array(1 << 20).fill(97);
    const pieces = {
      bytes,
      get ends() {
        structuredClone(bytes, { transfer: [bytes.buffer] });
        return Uint32Array.of(1 << 20);
      },
    };
    await (await addon.open(modelFolder('tiny-a'), { ...options, pieces }, () => {})).close();
  },

  async 'opening fails with a code and a message'() {
    const fails = (folder, o, check, onStep = () => {}) => assert.rejects(addon.open(folder, o, onStep), check);
    await fails('/nowhere', options, { code: 'WISECRACK_MODEL_NOT_FOUND', message: /nowhere\/config.json/ });
    await fails(modelFolder('ops'), options, { code: 'WISECRACK_MODEL_NOT_FOUND' });
    await fails(
      modelFolder('tiny-a'),
      { ...options, context: 1000 },
      { name: 'RangeError', message: /context is 1000.*256/ },
    );
    await fails(modelFolder('tiny-a'), { ...options, activations: 'f16' }, { name: 'TypeError' });
    await fails(modelFolder('tiny-a'), { ...options, maxSequences: 0 }, { name: 'RangeError' });
    await fails(
      modelFolder('tiny-a'),
      { ...options, kvBytes: 5000 },
      { name: 'RangeError', message: /kvBytes is 5000.*16 tokens take 8192/ },
    );
    await fails(modelFolder('tiny-a'), { ...options, kvBytes: -1 }, { name: 'RangeError' });
    for (const shards of [0, 3, 16])
      await fails(modelFolder('tiny-a'), { ...options, shards }, { name: 'RangeError', message: /shards/ });
    await fails(modelFolder('tiny-a'), { ...options, stepTokens: '9' }, { name: 'TypeError' });
    await fails(modelFolder('tiny-a'), options, { name: 'TypeError' }, 'no function');
    await fails(7, options, { name: 'TypeError' });
  },

  async 'progress rises to 1'() {
    const seen = [];
    const model = await addon.open(
      modelFolder('tiny-a'),
      options,
      () => {},
      (f) => seen.push(f),
    );
    assert.equal(seen.at(-1), 1);
    assert.deepEqual(
      seen,
      seen.toSorted((a, b) => a - b),
    );
    await model.close();
  },

  async 'a throwing onStep is an uncaught exception, and the engine goes on'() {
    let caught = 0;
    const count = () => caught++;
    process.on('uncaughtException', count);
    let finished;
    const end = new Promise((resolve) => {
      finished = resolve;
    });
    const model = await addon.open(modelFolder('tiny-a'), options, (events) => {
      if (events.some((e) => e.finish)) finished();
      throw new Error('from onStep');
    });
    model.generate(request([1], 5));
    await end;
    await model.close();
    process.off('uncaughtException', count);
    assert.ok(caught > 0);
  },

  async 'a model that nobody closes is collected'() {
    assert.ok(globalThis.gc, 'run with --expose-gc');
    const registry = [];
    const gone = new FinalizationRegistry((n) => registry.push(n));
    for (let i = 0; i < 20; i++) {
      let self;
      self = await addon.open(modelFolder('tiny-a'), options, () => self); // the callback knows the model: a cycle
      self.generate(request([1], 20));
      gone.register(self, i);
      self = undefined;
    }
    for (let i = 0; i < 100 && registry.length < 19; i++) {
      globalThis.gc();
      await new Promise((r) => setTimeout(r, 20));
    }
    assert.ok(registry.length >= 19, `${registry.length} of 20 collected`);
  },

  async 'exit while generating neither crashes nor hangs'() {
    const lines = {
      exit: `m.generate(request([1, 2], 250)); setTimeout(() => process.exit(0), 3)`,
      'exit in onStep': `setTimeout(() => {}, 1e6)`,
      'exit at once': `m.generate(request([1, 2], 250)); m.trace(new Int32Array(200).fill(3), 1); process.exit(0)`,
      'exit while closing': `m.generate(request([1, 2], 250)); m.close(); process.exit(0)`,
      'exit while opening': `addon.open(modelFolder('tiny-a'), options, () => {}); addon.measure(1); process.exit(0)`,
      'the end, never closed': `m.stats()`,
      'the end, after a reply': `m.generate(request([1, 2], 20))`,
    };
    for (const [name, line] of Object.entries(lines)) {
      const onStep = name === 'exit in onStep' ? '() => process.exit(0)' : '() => {}';
      const more = name === 'exit in onStep' ? 'm.generate(request([1], 250));' : '';
      const harness = new URL('./harness.mjs', import.meta.url);
      const script = `import { addon, modelFolder, options, request } from '${harness}';
        const m = await addon.open(modelFolder('tiny-a'), options, ${onStep}); ${more} ${line};`;
      for (let i = 0; i < 2; i++)
        execFileSync(process.execPath, ['--input-type=module', '-e', script], { timeout: 20_000 });
    }
  },

  async 'workers have their own state, and end while generating'() {
    const script = `
      const { workerData, parentPort } = require('node:worker_threads');
      import(workerData).then(async ({ openModel, request }) => {
        const { model, start, run } = await openModel('tiny-a');
        const [tokens] = await run(request([340], 16));
        for (let i = 0; i < 4; i++) start(request([1, 2], 250));
        parentPort.postMessage(tokens);
      });`;
    for (let round = 0; round < 2; round++) {
      const workers = [0, 1].map(
        () => new Worker(script, { eval: true, workerData: new URL('./harness.mjs', import.meta.url).href }),
      );
      const message = (worker) =>
        new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
      for (const tokens of await Promise.all(workers.map(message)))
        assert.deepEqual(tokens, golden('tiny-a').prompts[0].greedy);
      await Promise.all(workers.map((w) => w.terminate()));
    }
  },

  async 'features and measure'() {
    const f = addon.features();
    assert.ok(['avx512_bf16', 'avx512', 'avx2', 'portable'].includes(f.kernels), f.kernels);
    assert.ok(f.cuda.available || f.cuda.reason.length > 10);
    const limits = await addon.measure(0);
    assert.ok(limits.readBandwidth > 1e8 && limits.fmaRate > 1e8);
    assert.throws(() => addon.measure(-1), RangeError);
    const model = await addon.open(modelFolder('tiny-a'), options, () => {});
    assert.ok((await model.readRate(1)) > 1e8);
    assert.throws(() => model.readRate(-1), RangeError);
    // Whoever closes it meanwhile waits, or comes first; nothing is read that is gone.
    const readings = Array.from({ length: 20 }, () => model.readRate(1).catch((error) => error.message));
    await model.close();
    for (const said of await Promise.all(readings)) assert.ok(said > 1e8 || said === 'the model is closed', said);
    assert.throws(() => model.readRate(1), /closed/);
  },
};

let failed = 0;
for (const [name, test] of Object.entries(tests)) {
  if (process.argv[2] && !name.includes(process.argv[2])) continue;
  try {
    await test();
    console.log(`ok   ${name}`);
  } catch (error) {
    failed++;
    console.log(`FAIL ${name}\n`, error);
  }
}
if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = failed ? 1 : 0;
