import { InvalidArgumentError } from 'commander';

/** Numbers as somebody typed them. All throw commander's InvalidArgumentError, which says what is allowed. */
export function wholeNumber(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number)) {
    throw new InvalidArgumentError('It must be a whole number from 0 to 9007199254740991.');
  }
  return number;
}

export function countNumber(text: string): number {
  const count = wholeNumber(text);
  if (count < 1 || count > 100_000) throw new InvalidArgumentError('It must be from 1 to 100000.');
  return count;
}

export function threadNumber(text: string): number {
  const count = wholeNumber(text);
  if (count < 1 || count > 1024) throw new InvalidArgumentError('It must be from 1 to 1024.');
  return count;
}

export function windowNumber(text: string): number {
  const tokens = wholeNumber(text);
  if (tokens < 256 || tokens > 8192) throw new InvalidArgumentError('It must be from 256 to 8192.');
  return tokens;
}

export function portNumber(text: string): number {
  const port = wholeNumber(text);
  if (port > 65_535) throw new InvalidArgumentError('It must be from 0 (any that is free) to 65535.');
  return port;
}
