import { ATTENTION_MULTIPLIER, EMBEDDING_MULTIPLIER, ffnSize, OUTPUT_MULTIPLIER, type Shape } from '../shape.ts';
import { Files } from './files.ts';
import { add, addScaled, dot, gelu, largest, rmsNorm, rotate, softmax } from './math.ts';

/** What the reference computes: for each token its residual stream behind the last layer, and some of its logits. */
export interface Reference {
  /** [tokens][emb] */
  hidden: Float64Array[];
  /** [layers][tokens][experts] */
  routerProbs: Float64Array[][];
  /** [tokens][rows asked for] */
  logits: Float64Array[];
}

/**
 * Grok-1's forward pass (model.py) in plain loops and double precision, straight from the files that `writeCheckpoint` made: the
 * engine's own code has no part in it. int8 x scale is rounded to bfloat16, as xAI does.
 *
 * @param vocabRows - whose logits are wanted: to compute all takes as long as a layer.
 */
export async function reference(
  folder: string,
  shape: Shape,
  tokens: readonly number[],
  vocabRows: readonly number[],
): Promise<Reference> {
  const files = new Files(folder, shape);
  const embedding = async (row: number) => files.floats('embeddings', row * shape.embSize, shape.embSize);
  let hidden: Float64Array[] = await Promise.all(
    tokens.map(async (token) => Float64Array.from(await embedding(token), (value) => value * EMBEDDING_MULTIPLIER)),
  );
  const routerProbs: Float64Array[][] = [];
  for (let layer = 0; layer < shape.numLayers; layer++) {
    const norm = async (rows: Float64Array[], which: string) => {
      const scale = await files.floats(`${layer}/${which}`, 0, shape.embSize);
      return rows.map((row) => rmsNorm(row, scale));
    };
    const attended = await attention(files, shape, layer, await norm(hidden, 'rms_norm'));
    hidden = add(hidden, await norm(attended, 'rms_norm_1'));
    const { mixed, probs } = await experts(files, shape, layer, await norm(hidden, 'rms_norm_2'));
    hidden = add(hidden, await norm(mixed, 'rms_norm_3'));
    routerProbs.push(probs);
  }
  const scale = await files.floats('norm', 0, shape.embSize);
  const last = hidden.map((row) => rmsNorm(row, scale));
  const logits = last.map(() => new Float64Array(vocabRows.length));
  for (const [at, row] of vocabRows.entries()) {
    const weights = await embedding(row);
    for (const [t, x] of last.entries()) (logits[t] as Float64Array)[at] = OUTPUT_MULTIPLIER * dot(x, weights);
  }
  return { hidden, routerProbs, logits };
}

async function attention(files: Files, shape: Shape, layer: number, x: Float64Array[]): Promise<Float64Array[]> {
  const { embSize: emb, keySize, numQHeads: qHeads, numKvHeads: kvHeads } = shape;
  const q = await files.multiply(`${layer}/query`, 0, x, emb, qHeads * keySize);
  const k = await files.multiply(`${layer}/key`, 0, x, emb, kvHeads * keySize);
  const v = await files.multiply(`${layer}/value`, 0, x, emb, kvHeads * keySize);
  for (const rows of [q, k])
    rows.forEach((row, position) => {
      rotate(row, keySize, position);
    });
  const attended = q.map((row, t) => {
    const out = new Float64Array(row.length);
    for (let head = 0; head < qHeads; head++) {
      const from = Math.floor((head * kvHeads) / qHeads) * keySize;
      const query = row.subarray(head * keySize, (head + 1) * keySize);
      const scores = k
        .slice(0, t + 1)
        .map((key) => 30 * Math.tanh((dot(query, key.subarray(from, from + keySize)) * ATTENTION_MULTIPLIER) / 30));
      softmax(scores).forEach((weight, s) => {
        const value = v[s] as Float64Array;
        for (let i = 0; i < keySize; i++)
          out[head * keySize + i] = (out[head * keySize + i] as number) + weight * (value[from + i] as number);
      });
    }
    return out;
  });
  return files.multiply(`${layer}/output`, 0, attended, qHeads * keySize, emb);
}

async function experts(files: Files, shape: Shape, layer: number, x: Float64Array[]) {
  const { embSize: emb, numSelectedExperts: selected } = shape;
  const ffn = ffnSize(shape);
  const router = await files.floats(`${layer}/router`, 0, emb * shape.numExperts);
  const probs = x.map((row) => {
    const logits = Array.from({ length: shape.numExperts }, (_, e) =>
      row.reduce((sum, value, i) => sum + value * (router[i * shape.numExperts + e] as number), 0),
    );
    return Float64Array.from(softmax(logits));
  });
  const chosen = probs.map((row) => largest(row, selected));
  const mixed = x.map(() => new Float64Array(emb));
  for (let e = 0; e < shape.numExperts; e++) {
    const mine = x.flatMap((_, t) => (chosen[t]?.includes(e) ? [t] : []));
    if (mine.length === 0) continue;
    const rows = mine.map((t) => x[t] as Float64Array);
    const gate = await files.multiply(`${layer}/linear`, e, rows, emb, ffn);
    const up = await files.multiply(`${layer}/linear_v`, e, rows, emb, ffn);
    const inner = gate.map((row, i) => row.map((value, j) => gelu(value) * (up[i]?.[j] as number)));
    const down = await files.multiply(`${layer}/linear_1`, e, inner, ffn, emb);
    mine.forEach((t, i) => {
      const weight = probs[t]?.[e] as number;
      addScaled(mixed[t] as Float64Array, weight, down[i] as Float64Array);
    });
  }
  return { mixed, probs };
}
