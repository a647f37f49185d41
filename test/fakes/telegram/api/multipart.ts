/** A file in a request. */
export interface Upload {
  readonly name: string;
  readonly mime: string;
  readonly bytes: Buffer;
}

export function isUpload(value: unknown): value is Upload {
  return typeof value === 'object' && value !== null && 'bytes' in value && Buffer.isBuffer(value.bytes);
}

/** Reads a body of `multipart/form-data`: fields are strings, files are uploads. */
export function parseMultipart(body: Buffer, boundary: string): Record<string, string | Upload> {
  const fields: Record<string, string | Upload> = {};
  const mark = Buffer.from(`--${boundary}`);
  let at = body.indexOf(mark);
  while (at >= 0) {
    const begin = at + mark.length;
    const next = body.indexOf(mark, begin);
    if (next < 0) break;
    // Each part is between line breaks that belong to the marks.
    const part = body.subarray(begin + 2, next - 2);
    const split = part.indexOf('\r\n\r\n');
    const head = part.subarray(0, Math.max(0, split)).toString();
    const content = part.subarray(split + 4);
    const name = /[;\s]name="([^"]*)"/i.exec(head)?.[1];
    const filename = /filename="?([^"\r\n;]*)"?/i.exec(head)?.[1];
    const mime = /content-type:\s*(\S+)/i.exec(head)?.[1] ?? 'application/octet-stream';
    if (name !== undefined) {
      fields[name] = filename === undefined ? content.toString() : { name: filename, mime, bytes: content };
    }
    at = next;
  }
  return fields;
}
