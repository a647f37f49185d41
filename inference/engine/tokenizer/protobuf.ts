/** The little of protobuf that a SentencePiece model needs: fields in order, nested messages as views, nothing copied. */
export interface Field {
  number: number;
  /** A varint (wire type 0); negative int32 values come out negative. */
  value: number;
  /** The payload of wire types 1, 2 and 5. */
  bytes: Uint8Array;
}

const NOTHING = new Uint8Array(0);

/**
 * Calls `visit` for each field of a message. The `Field` is reused from call to call: take what you need out of it.
 * @throws RangeError when the bytes are no protobuf message.
 */
export function readFields(message: Uint8Array, visit: (field: Field) => void): void {
  const field: Field = { number: 0, value: 0, bytes: NOTHING };
  let at = 0;

  const varint = (): number => {
    let value = 0;
    let low = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = message[at++];
      if (byte === undefined || scale > 2 ** 63) throw new RangeError(`a number at byte ${at} does not end`);
      value += (byte & 0x7f) * scale;
      low |= ((byte & 0x7f) * scale) % 2 ** 32;
      // A negative int32 is written as 64 bits of two's complement: its low 32 bits are the number. No other is so large here.
      if (byte < 0x80) return value > Number.MAX_SAFE_INTEGER ? low : value;
    }
  };
  const take = (length: number): Uint8Array => {
    if (at + length > message.length) throw new RangeError(`a field at byte ${at} goes beyond the end`);
    at += length;
    return message.subarray(at - length, at);
  };

  while (at < message.length) {
    const key = varint();
    field.number = Math.floor(key / 8);
    field.value = 0;
    field.bytes = NOTHING;
    switch (key % 8) {
      case 0:
        field.value = varint();
        break;
      case 1:
        field.bytes = take(8);
        break;
      case 2:
        field.bytes = take(varint());
        break;
      case 5:
        field.bytes = take(4);
        break;
      default:
        throw new RangeError(`byte ${at} is not the start of a field`);
    }
    visit(field);
  }
}
