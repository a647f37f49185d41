import { parseMultipart } from './multipart.ts';

/** What a request asks with: parameters in the address and the body, of any kind that Telegram takes. */
export function readBody(raw: Buffer, type: string, query: URLSearchParams): Record<string, unknown> | undefined {
  const parameters: Record<string, unknown> = Object.fromEntries(query);
  if (raw.length === 0) return parameters;
  const boundary = /boundary="?([^";]+)"?/i.exec(type)?.[1];
  if (boundary) return { ...parameters, ...parseMultipart(raw, boundary) };
  if (/application\/json/i.test(type)) {
    const body = json(raw.toString());
    return typeof body === 'object' && body !== null ? { ...parameters, ...body } : undefined;
  }
  return { ...parameters, ...Object.fromEntries(new URLSearchParams(raw.toString())) };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
