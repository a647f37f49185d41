import { describe, expect, it } from 'vitest';
import { onCards } from '../../cli/doctor/model.ts';
import { offloadText } from '../../cli/offload.ts';
import { GROK_1 } from '../../inference/engine/index.ts';
import { sizesOf } from '../../inference/plan/index.ts';

describe('a model whose experts do not all fit the card', () => {
  const offload = { layers: 52, bytes: 251.3e9, tokenBytes: 62.8e9, rate: 24.1e9 };

  it('says which stay behind, and how long a token waits for those that are chosen', () => {
    const text = offloadText(offload, 64);
    expect(text).toContain('the experts of 52 of 64 layers, 251 GB, stay in this machine');
    expect(text).toContain('A token waits for 62.8 GB, at 24.1 GB/s, measured now, about 3 s;');
  });

  it('reckons with the disk where the memory does not hold them either', () => {
    const text = offloadText(offload, 64, { rate: 2e9 });
    expect(text).toContain('read from the disk');
    expect(text).toContain('at 2.0 GB/s, measured now, about 31 s;');
    expect(offloadText(offload, 64, { rate: 50e9 })).toContain('at 24.1 GB/s');
  });

  it('says nothing of speed where the disk cannot be measured', () => {
    expect(offloadText(offload, 64, { rate: undefined })).toContain('A token waits for 62.8 GB; replies');
  });
});

describe('the doctor, of cards', () => {
  const memory = { weights: sizesOf(GROK_1, 'int8').model, keysAndValues: 8e9, tokens: 32768, shards: 1 };
  const H100 = 85e9;

  it('says what stays on the host', () => {
    const { status, found } = onCards(GROK_1, memory, [H100]);
    expect(status).toBe('warn');
    expect(found).toMatch(
      /^325 GB for 85.0 GB on the card: the experts of 50 of 64 layers, 242 GB, stay .* waits for 60.4 GB to cross$/,
    );
  });

  it('says when it all fits, and when nothing does', () => {
    expect(onCards(GROK_1, memory, [H100, H100, H100, H100])).toEqual({
      ...{ check: 'card memory', status: 'ok', found: '325 GB for 340 GB on 4 cards' },
    });
    expect(onCards(GROK_1, memory, [16e9])).toMatchObject({ status: 'fail' });
  });
});
