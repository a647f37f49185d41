/** The little of protobuf that a SentencePiece model needs: fields in order, nested messages by where they lie, nothing copied. */
export interface Field {
  number: number;
  /** A varint (wire type 0); negative int32 values come out negative. */
  value: number;
  /** Where in the bytes the payload of wire types 1, 2 and 5 lies. */
  start: number;
  end: number;
}

/**
 * Calls `visit` for each field of the message that lies in bytes [from, to). The `Field` is reused from call to call: take what you need
 * out of it. Makes nothing for each field, for a vocabulary has half a million.
 * @throws RangeError when the bytes are no protobuf message.
 */
export function readFields(
  message: Uint8Array,
  visit: (field: Field) => void,
  from = 0,
  to: number = message.length,
): void {
  const field: Field = { number: 0, value: 0, start: 0, end: 0 };
  let at = from;

  const varint = (): number => {
    let value = 0;
    let low = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = at < to ? message[at++] : undefined;
      if (byte === undefined || scale > 2 ** 63) throw new RangeError(`a number at byte ${at} does not end`);
      value += (byte & 0x7f) * scale;
      low |= ((byte & 0x7f) * scale) % 2 ** 32;
      // A negative int32 is written as 64 bits of two's complement: its low 32 bits are the number. No other is so large here.
      if (byte < 0x80) return value > Number.MAX_SAFE_INTEGER ? low : value;
    }
  };
  const take = (length: number): void => {
    if (at + length > to) throw new RangeError(`a field at byte ${at} goes beyond the end`);
    field.start = at;
    at += length;
    field.end = at;
  };

  while (at < to) {
    const key = varint();
    field.number = Math.floor(key / 8);
    field.value = 0;
    field.start = field.end = at;
    switch (key % 8) {
      case 0:
        field.value = varint();
        break;
      case 1:
        take(8);
        break;
      case 2:
        take(varint());
        break;
      case 5:
        take(4);
        break;
      default:
        throw new RangeError(`byte ${at} is not the start of a field`);
    }
    visit(field);
  }
}
