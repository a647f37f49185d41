/** Windows are cached by persona object; a change in place would go unnoticed. */
export function freeze<Value extends object>(value: Value): Value {
  for (const part of Object.values(value)) if (part && typeof part === 'object') freeze(part);
  return Object.freeze(value);
}
